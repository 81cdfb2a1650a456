"""What the subcommands print under ``--format json``: one struct per format, from which the JSON Schemas are made."""
