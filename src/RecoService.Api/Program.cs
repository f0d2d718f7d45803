using RecoService.Api.Commands;

return await RecoCommands.Create(args).InvokeAsync(args);
