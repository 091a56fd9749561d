using Liaison.Hub;

return args switch
{
    ["serve", .. var options] => await Serve.RunAsync(options),
    ["migrate"] => await Migrate.RunAsync(),
    ["backup", .. var options] => await BackupVerbs.BackUpAsync(options),
    ["restore", .. var options] => await BackupVerbs.RestoreAsync(options),
    ["break-glass", .. var options] => await BreakGlass.RunAsync(options),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Liaison hub

          serve [--port 8080] [--data DIR] [--no-demo]   start the hub
          migrate                                        bring the production database up to this build's schema
          backup FILE|FOLDER [--data DIR]                write everything into one file, while the hub goes on
          restore FILE [--data DIR]                      load such a file into an empty database
          break-glass NAME [--data DIR]                  make a one-time link for an administrator, in place of those that were lost

        In Production the hub uses the database of LIAISON_DATABASE (role liaison_app); the other verbs use LIAISON_OWNER_DATABASE
        (role liaison_owner). Without it, backup and restore use the private PostgreSQL in DIR, and so does serve without the first.
        """);
    return 2;
}
