using RecoService.Neural;

if (args is ["train", ..])
    WorkerCalls.EndWithTheService();
return Worker.Run(args, Console.Out, Console.Error);
