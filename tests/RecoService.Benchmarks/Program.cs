using System.Reflection;
using BenchmarkDotNet.Running;
using RecoService.Benchmarks.Load;
using RecoService.Benchmarks.Recommending;
using RecoService.Benchmarks.Service;
using RecoService.Benchmarks.Storage;
using RecoService.Benchmarks.Training;

// Scenarios that need a database or a long run are started by name; everything else is BenchmarkDotNet's.
switch (args)
{
    case ["storage", .. var rest]:
        await StorageScenario.RunAsync(rest);
        break;
    case ["catalogue", .. var rest]:
        await CatalogueScenario.RunAsync(rest);
        break;
    case ["figures", .. var rest]:
        await FigureScenario.RunAsync(rest);
        break;
    case ["console", .. var rest]:
        await ConsoleScenario.RunAsync(rest);
        break;
    case ["post", .. var rest]:
        await PostScenario.RunAsync(rest);
        break;
    case ["load", "soak", .. var rest]:
        await SoakScenario.RunAsync(rest);
        break;
    case ["load", "replica", .. var rest]:
        await ReplicaScenario.RunAsync(rest);
        break;
    case ["load", .. var rest]:
        await LoadScenario.RunAsync(rest);
        break;
    case [ServedProcess.ServiceVerb, .. var rest]:
        await ServedProcess.RunServiceAsync(rest);
        break;
    case [ServedProcess.BareVerb]:
        await ServedProcess.RunBareAsync();
        break;
    case ["train", .. var rest]:
        TrainScenario.Run(rest);
        break;
    case ["batch", .. var rest]:
        BatchScenario.Run(rest);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
        break;
}
