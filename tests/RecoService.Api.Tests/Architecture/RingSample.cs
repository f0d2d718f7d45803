#pragma warning disable IDE0130 // Two namespaces in a ring, for the test that finds them.
namespace RecoService.Api.Tests.Architecture.RingSample.Left
{
    internal sealed class LeftOfTheRing
    {
        public static Type Right => typeof(Architecture.RingSample.Right.RightOfTheRing);
    }
}

namespace RecoService.Api.Tests.Architecture.RingSample.Right
{
    internal sealed class RightOfTheRing
    {
        public Left.LeftOfTheRing? Left { get; init; }
    }
}
