using RecoService.Engine.Data;
using RecoService.Engine.Models;

namespace RecoService.Engine.Algorithms.Factors;

/// <summary>A user encoder whose vector is a sum over the items of the history, once what they have in common is fixed.</summary>
internal interface ILinearEncoder : IUserEncoder
{
    /// <summary>What each item of the history adds to the product of the user's vector with an item's.</summary>
    /// <param name="user">Only items that the model knows.</param>
    /// <param name="itemIndexes">Items that the model knows.</param>
    /// <param name="contributions">|items| x |history|, row-major; zeros at first.</param>
    void Contributions(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> contributions);
}
