namespace RecoService.Api.Demo;

/// <summary>What the demo shop sells: a dozen shelves, each of articles (singular and plural), styles and a price range in euros.</summary>
internal sealed record DemoShelf(
    string Category, (string One, string Many)[] Articles, string[] Styles, decimal LowestPrice, decimal HighestPrice, string Praise)
{
    public static IReadOnlyList<DemoShelf> All { get; } =
    [
        new(
            "Kitchen",
            [("Mug", "Mugs"), ("Teapot", "Teapots"), ("Mixing Bowl", "Bowls"), ("Storage Jar", "Jars"), ("Bread Bin", "Bread bins"), ("Salad Server", "Servers"), ("Butter Dish", "Dishes")],
            ["Enamel", "Stoneware", "Nordic", "Farmhouse", "Speckled", "Hand-thrown"],
            7,
            65,
            "Made for daily use and safe in the dishwasher."),
        new(
            "Garden",
            [("Planter", "Planters"), ("Watering Can", "Watering cans"), ("Trowel", "Hand tools"), ("Bird Feeder", "Bird care"), ("Herb Tray", "Planters"), ("Lantern", "Outdoor light"), ("Kneeler", "Comfort")],
            ["Galvanised", "Terracotta", "Copper", "Cottage", "Weathered", "Slate"],
            9,
            80,
            "Stays outside all year and ages well."),
        new(
            "Bedroom",
            [("Duvet Cover", "Bed linen"), ("Pillowcase", "Bed linen"), ("Bedside Lamp", "Lamps"), ("Throw", "Throws"), ("Alarm Clock", "Clocks"), ("Laundry Basket", "Storage"), ("Bath Robe", "Robes")],
            ["Linen", "Washed Cotton", "Quilted", "Striped", "Herringbone", "Plain"],
            15,
            140,
            "Soft from the first night and easy to care for."),
        new(
            "Toys",
            [("Puzzle", "Puzzles"), ("Train Set", "Vehicles"), ("Stacking Tower", "First toys"), ("Doll's House", "Role play"), ("Marble Run", "Construction"), ("Memory Game", "Games"), ("Kite", "Outdoor play")],
            ["Wooden", "Jungle", "Rainbow", "Pirate", "Dinosaur", "Fairytale"],
            8,
            95,
            "Keeps small hands busy on rainy afternoons."),
        new(
            "Stationery",
            [("Notebook", "Notebooks"), ("Fountain Pen", "Pens"), ("Desk Calendar", "Calendars"), ("Pencil Case", "Cases"), ("Card Set", "Cards"), ("Document File", "Filing"), ("Sketch Pad", "Paper")],
            ["Dotted", "Botanical", "Recycled", "Leather-bound", "Marbled", "Minimal"],
            4,
            48,
            "Good paper and a cover that takes a journey."),
        new(
            "Books",
            [("Cookbook", "Food"), ("Travel Guide", "Travel"), ("Crime Novel", "Fiction"), ("Field Guide", "Nature"), ("Poetry Anthology", "Poetry"), ("Biography", "Lives"), ("Picture Book", "Children")],
            ["Illustrated", "Pocket", "Collector's", "New", "Annotated", "Prize-winning"],
            9,
            42,
            "Read by our own staff before it came onto the shelf."),
        new(
            "Sport",
            [("Yoga Mat", "Yoga"), ("Water Bottle", "Bottles"), ("Running Belt", "Running"), ("Skipping Rope", "Fitness"), ("Gym Bag", "Bags"), ("Foam Roller", "Recovery"), ("Head Torch", "Running")],
            ["Lightweight", "Pro", "Reflective", "Travel", "Cork", "Compact"],
            10,
            85,
            "Tested by runners who are hard on their things."),
        new(
            "Beauty",
            [("Hand Cream", "Hands"), ("Soap Bar", "Soap"), ("Face Oil", "Face"), ("Bath Salt", "Bath"), ("Lip Balm", "Lips"), ("Candle", "Scent"), ("Shampoo Bar", "Hair")],
            ["Lavender", "Rose", "Cedar", "Citrus", "Unscented", "Sea Salt"],
            5,
            55,
            "Mixed in small batches, without perfume from the laboratory."),
        new(
            "Fashion",
            [("Scarf", "Scarves"), ("Beanie", "Hats"), ("Wool Sock", "Socks"), ("Tote Bag", "Bags"), ("Rain Jacket", "Jackets"), ("Belt", "Belts"), ("Cardigan", "Knitwear")],
            ["Merino", "Checked", "Ribbed", "Heritage", "Oversized", "Waxed"],
            12,
            160,
            "Cut to be worn for years rather than a season."),
        new(
            "Electronics",
            [("Desk Lamp", "Lamps"), ("Headphone", "Audio"), ("Speaker", "Audio"), ("Charger", "Power"), ("Keyboard", "Desk"), ("Radio", "Audio"), ("Weather Station", "Sensors")],
            ["Wireless", "Retro", "Slim", "Solar", "Bamboo", "Studio"],
            19,
            240,
            "With a plug that fits and a battery that can be changed."),
        new(
            "Delicatessen",
            [("Olive Oil", "Oils"), ("Honey", "Spreads"), ("Chocolate Bar", "Sweets"), ("Tea Blend", "Tea"), ("Coffee Roast", "Coffee"), ("Mustard", "Condiments"), ("Shortbread", "Biscuits")],
            ["Organic", "Smoked", "Single-estate", "Winter", "Dark", "House"],
            4,
            38,
            "From producers we have visited."),
        new(
            "Pets",
            [("Dog Lead", "Walks"), ("Cat Bed", "Beds"), ("Food Bowl", "Bowls"), ("Chew Toy", "Play"), ("Travel Carrier", "Travel"), ("Scratching Post", "Play"), ("Grooming Brush", "Care")],
            ["Braided", "Felt", "Ceramic", "Rugged", "Country", "Cosy"],
            6,
            110,
            "Approved by a very particular dachshund."),
    ];
}
