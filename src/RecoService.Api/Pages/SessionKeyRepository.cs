using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using RecoService.Api.Serving;
using RecoService.Api.Shops;

namespace RecoService.Api.Pages;

/// <summary>Where the keys of sessions lie: in the store, so that a session holds on every replica and after a restart. They are read once and kept in memory by whoever asks.</summary>
internal sealed class SessionKeyRepository(ShopDirectory shops) : IXmlRepository
{
    private const string KeyElement = "key";

    /// <summary>The last of the stored ones when they were read.</summary>
    private long seen;

    /// <exception cref="ServiceStartingException">The start has not come so far; it does not wait for sessions.</exception>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        if (!shops.Default.Serving.Readiness.IsReady)
            throw new ServiceStartingException("the keys of sessions");
        var keys = Wait(() => shops.Default.Store.SessionKeys.LoadAsync(CancellationToken.None));
        Interlocked.Exchange(ref seen, keys.Count == 0 ? 0 : keys[^1].Id);
        return [.. keys.Select(key => XElement.Parse(key.Xml))];
    }

    /// <summary>A key that another replica was quicker to make stands for this one: whoever stores a key reads all of them afterwards.</summary>
    public void StoreElement(XElement element, string friendlyName) => Wait(() => shops.Default.Store.SessionKeys.TryAddAsync(
        friendlyName, element.ToString(SaveOptions.DisableFormatting), element.Name.LocalName == KeyElement ? Interlocked.Read(ref seen) : null, CancellationToken.None));

    /// <summary>The interface cannot wait in another way; it is asked once a day.</summary>
    private static T Wait<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}
