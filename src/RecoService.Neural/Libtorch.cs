using TorchSharp;

namespace RecoService.Neural;

/// <summary>The native library, as a run asks for it.</summary>
internal static class Libtorch
{
    /// <exception cref="WorkerException">The library cannot be loaded, or the device is not there.</exception>
    public static void Prepare(Manifest manifest)
    {
        try
        {
            torch.set_num_threads(manifest.Threads);
            torch.random.manual_seed(manifest.Seed);
        }
        catch (Exception exception) when (exception is TypeInitializationException or DllNotFoundException or NotSupportedException or BadImageFormatException or FileNotFoundException)
        {
            throw new WorkerException($"libtorch cannot be loaded: {(exception.InnerException ?? exception).Message.Split('\n')[0]}");
        }

        DeviceOf(manifest);
    }

    /// <exception cref="WorkerException">It is not there.</exception>
    public static torch.Device DeviceOf(Manifest manifest)
    {
        try
        {
            return torch.device(manifest.Device);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException or System.Runtime.InteropServices.ExternalException)
        {
            throw new WorkerException($"This build has no device '{manifest.Device}': {exception.Message.Split('\n')[0]}");
        }
    }
}
