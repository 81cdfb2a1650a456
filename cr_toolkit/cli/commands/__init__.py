"""The subcommands, one module each: a module here that defines ``command`` is a subcommand of that name."""
