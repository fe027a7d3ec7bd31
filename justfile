# Recipes for people. CI and the README call the same scripts.

# List the recipes.
default:
    @just --list

# Run the server from source.
serve *arguments:
    cargo run --release -- {{arguments}}

# Format, lint and test everything on memory, SQLite and PostgreSQL.
test *arguments:
    scripts/test {{arguments}}

# Format and lint only.
lint:
    scripts/lint

# Rewrite the code in the house format.
format:
    cargo fmt --all

# Measure what docs/performance.md records.
bench *arguments:
    scripts/bench {{arguments}}

# Write docs/openapi/*.json anew from the code.
openapi:
    scripts/openapi
