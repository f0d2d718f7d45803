using RecoService.Engine.Data;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Storage;

/// <summary>Reads the attributes of users, for models that learn where new users belong.</summary>
internal static class UserContents
{
    private const string Sql = "SELECT key, attributes_json FROM users WHERE attributes_json IS NOT NULL";

    /// <summary>Adds them to the users of a dataset; those who have done nothing are passed over.</summary>
    public static async Task ReadAsync(RecoDbContext context, InteractionDatasetBuilder builder, CancellationToken ct)
    {
        var attributes = new AttributesReader();
        await using var command = context.Command(Sql);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var content = UserAttributes.ContentOf(attributes.Read(reader.GetFieldValue<byte[]>(1)));
            if (!content.IsEmpty)
                builder.AddUserContent(reader.GetInt32(0), content);
        }
    }
}
