// The seed of libtorch's random numbers belongs to the process.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly)]
