namespace RecoService.Api.Importing.Options;

internal enum ImportTarget
{
    Users,
    Items,
    Interactions,
}
