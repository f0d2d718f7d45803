using RecoService.MlNet;

// The service holds the other end; when it closes, nobody waits for the model.
var watch = new Thread(() =>
{
    using var input = Console.OpenStandardInput();
    while (input.ReadByte() >= 0)
    {
    }

    Environment.Exit(1);
})
{ IsBackground = true };
if (args is ["train", ..])
    watch.Start();
return Worker.Run(args, Console.Out, Console.Error);
