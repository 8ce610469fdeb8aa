"""`make export`: all that an organization has here, into files. docs/migration.md."""
