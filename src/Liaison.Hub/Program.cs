using Liaison.Hub;

return args switch
{
    ["serve", .. var options] => await Serve.RunAsync(options),
    ["migrate"] => await Migrate.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Liaison hub

          serve [--port 8080] [--data DIR] [--no-demo]   start the hub
          migrate                                        bring the production database up to this build's schema

        In Production the hub uses the database of LIAISON_DATABASE (role liaison_app); migrate uses LIAISON_OWNER_DATABASE
        (role liaison_owner). Without them, in Development, it starts a private PostgreSQL in DIR.
        """);
    return 2;
}
