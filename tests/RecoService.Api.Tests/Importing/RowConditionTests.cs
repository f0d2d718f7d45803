using System.Text;
using RecoService.Api.Importing.Options;

namespace RecoService.Api.Tests.Importing;

public sealed class RowConditionTests
{
    [Theory]
    [InlineData("C:empty", "C", "", true)]
    [InlineData("C:empty", "C", "  ", true)]
    [InlineData("C:empty", "C", "0", false)]
    [InlineData("InvoiceNo:prefix=C", "InvoiceNo", "C536379", true)]
    [InlineData("InvoiceNo:prefix=C", "InvoiceNo", "c536379", false)]
    [InlineData("InvoiceNo:prefix=C", "InvoiceNo", "", false)]
    [InlineData("Quantity<=0", "Quantity", "0.0", true)]
    [InlineData("Quantity<=0", "Quantity", "-1", true)]
    [InlineData("Quantity<=0", "Quantity", "1", false)]
    [InlineData("Quantity<=0", "Quantity", "", false)]
    [InlineData("Quantity<=0", "Quantity", "many", false)]
    [InlineData("Quantity<10", "Quantity", "9", true)]
    [InlineData("Quantity>10", "Quantity", "9", false)]
    [InlineData("Quantity>=1e1", "Quantity", "10", true)]
    [InlineData("UnitPrice=0", "UnitPrice", "0.00", true)]
    [InlineData("UnitPrice!=0", "UnitPrice", "0.00", false)]
    [InlineData("UnitPrice!=0", "UnitPrice", "", true)]
    [InlineData("Country=United Kingdom", "Country", "United Kingdom", true)]
    [InlineData("Country!=Österreich", "Country", "Österreich", false)]
    [InlineData("Country=", "Country", "", true)]
    [InlineData("Date<2011-01-01", "Date", "2010-12-31 23:59", true)]
    [InlineData("Date<2011-01-01", "Date", "2011-01-01", false)]
    [InlineData("3:empty", "3", "", true)]
    [InlineData("a=b=c", "a", "b=c", true)]
    [InlineData("event:in=view,cart", "event", "cart", true)]
    [InlineData("event:in=view,cart", "event", "car", false)]
    [InlineData("event:not-in=view,a\\,b", "event", "a,b", false)]
    [InlineData("event:not-in=view", "event", "", true)]
    [InlineData("user\\:token<3", "user\\:token", "2", true)]
    [InlineData("\"a<b\">=3", "\"a<b\"", "3", true)]
    [InlineData("user_id:token:empty", "user_id:token", "", true)]
    public void Holds_Field_IsJudged(string text, string column, string field, bool holds)
    {
        var condition = RowCondition.Parse(text, out var reason);

        Assert.Null(reason);
        Assert.Equal(column, condition!.Column);
        Assert.Equal(holds, condition.Holds(Encoding.UTF8.GetBytes(field)));
    }
}
