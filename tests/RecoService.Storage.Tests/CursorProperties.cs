using FsCheck;
using FsCheck.Xunit;

namespace RecoService.Storage.Tests;

[Properties(MaxTest = 500, QuietOnSuccess = true)]
public sealed class CursorProperties
{
    [Property]
    public void Decode_OfAnEncodedCursor_GivesItsValues(NonEmptyArray<long> values)
    {
        var cursor = Cursor.Encode(values.Get);

        Assert.Equal(values.Get, Cursor.Decode(cursor, values.Get.Length));
        Assert.Matches("^[A-Za-z0-9_-]+$", cursor);
        Assert.Throws<InvalidCursorException>(() => Cursor.Decode(cursor, values.Get.Length + 1));
    }

    /// <summary>A client may send anything as a cursor, and learns that it is none.</summary>
    [Property]
    public void Decode_OfAnyText_GivesSoManyValuesOrSaysThatItIsNone(NonNull<string> text, bool isPadded)
    {
        try
        {
            Assert.Equal(2, Cursor.Decode(isPadded ? text.Get + "=" : text.Get, 2)!.Length);
        }
        catch (InvalidCursorException)
        {
            // The one fault that the endpoint answers with 400.
        }
    }
}
