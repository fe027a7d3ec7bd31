//! The command line: one file per noun.
//!
//! Exit codes are a promise to scripts: 0 done, 1 refused with the reason on standard error, 2 wrong usage or settings.

mod account;
mod audit;
mod company;
mod config;
mod context;
mod doctor;
mod group;
mod legal_term;
mod mail;
mod master_key;
mod migrate;
mod openapi;
mod output;
mod parse;
mod permission;
mod refusal;
mod restriction;
mod serve;
mod service_account;
mod signing_key;
mod whitelink;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::failure::chain;
use crate::settings::{self, Inputs, Problem};
use context::Context;
use refusal::refusal;

/// A self-hosted authentication server: four HTTP APIs over one account store.
#[derive(Parser)]
#[command(name = "portcullis", version, about, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Args)]
struct Global {
    /// Read settings from FILE instead of ./portcullis.toml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print one JSON object or array on standard output and nothing else
    #[arg(long, global = true)]
    json: bool,
    /// Listen on ADDRESS:PORT (server.listen); port 0 picks a free one
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Keep files in FOLDER (data.dir)
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<String>,
    /// Use this database (database.url): sqlite:PATH or postgres://…
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// Set any other setting, such as `dialects.bfore.token_ttl=600`
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = parse::pair)]
    settings: Vec<(String, String)>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server (also without any command)
    Serve,
    /// Bring the database up to date
    Migrate(migrate::Migrate),
    /// Check settings, database, schema, keys, mail and clock
    Doctor,
    /// Print the effective settings, secrets masked
    Config,
    /// Print the OpenAPI document of a dialect
    Openapi(openapi::Openapi),
    /// Make and configure companies
    #[command(subcommand)]
    Company(company::Company),
    /// Make groups
    #[command(subcommand)]
    Group(group::Group),
    /// Make and list legal terms
    #[command(subcommand)]
    LegalTerm(legal_term::LegalTerm),
    /// Make, show and change accounts
    #[command(subcommand)]
    Account(account::Account),
    /// Make, list and change service accounts of the barong door's company
    #[command(subcommand)]
    ServiceAccount(service_account::ServiceAccount),
    /// Make links that whitelist the addresses of their visitors at the barong door
    #[command(subcommand)]
    Whitelink(whitelink::Whitelink),
    /// Say who may use the barong door, by where they come from
    #[command(subcommand)]
    Restriction(restriction::Restriction),
    /// Say what each role may ask for at the barong door
    #[command(subcommand)]
    Permission(permission::Permission),
    /// List and rotate the keys that sign JWTs
    #[command(subcommand)]
    SigningKey(signing_key::SigningKey),
    /// Rotate the key that seals secrets at rest
    #[command(subcommand)]
    MasterKey(master_key::MasterKey),
    /// Look at mail and SMS on their way
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Read the audit trail
    #[command(subcommand)]
    Audit(audit::Audit),
}

/// Runs the command that the arguments name.
pub async fn run(cli: Cli) -> ExitCode {
    match dispatch(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let wrong_settings = error.downcast_ref::<Problem>().is_some();
            output::complain(&chain(error.as_ref()));
            ExitCode::from(if wrong_settings { 2 } else { 1 })
        }
    }
}

async fn dispatch(cli: Cli) -> anyhow::Result<()> {
    let command = cli.command.unwrap_or(Command::Serve);
    if let Command::Openapi(command) = &command {
        return command.run();
    }
    let effective = settings::load(&cli.global.inputs())?;
    let _log = crate::telemetry::start(matches!(command, Command::Serve));
    let context = Context { effective, json: cli.global.json };
    match command {
        Command::Serve => serve::run(context).await,
        Command::Migrate(command) => command.run(&context).await,
        Command::Doctor => doctor::run(&context).await,
        Command::Config => config::run(&context),
        Command::Openapi(command) => command.run(),
        Command::Company(command) => command.run(&context).await,
        Command::Group(command) => command.run(&context).await,
        Command::LegalTerm(command) => command.run(&context).await,
        Command::Account(command) => command.run(&context).await,
        Command::ServiceAccount(command) => command.run(&context).await,
        Command::Whitelink(command) => command.run(&context).await,
        Command::Restriction(command) => command.run(&context).await,
        Command::Permission(command) => command.run(&context).await,
        Command::SigningKey(command) => command.run(&context).await,
        Command::MasterKey(command) => command.run(&context).await,
        Command::Mail(command) => command.run(&context).await,
        Command::Audit(command) => command.run(&context).await,
    }
}

impl Global {
    fn inputs(&self) -> Inputs {
        let given = |key: &str, flag: &str, value: &Option<String>| {
            value.clone().map(|value| (key.to_owned(), value, flag.to_owned()))
        };
        let set = self.settings.iter().map(|(key, value)| (key.clone(), value.clone(), "--set".to_owned()));
        let flags = set
            .chain(given("server.listen", "--listen", &self.listen))
            .chain(given("data.dir", "--data-dir", &self.data_dir))
            .chain(given("database.url", "--database-url", &self.database_url));
        Inputs { file: self.config.clone(), flags: flags.collect() }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_make_sense() {
        Cli::command().debug_assert();
    }

    #[test]
    fn commands_of_later_days_do_not_exist_yet() {
        for later in ["backup", "restore", "copy"] {
            assert!(Cli::try_parse_from(["portcullis", later]).is_err(), "{later}");
        }
    }

    #[test]
    fn settings_of_a_company_are_not_those_of_the_program() {
        let read = Cli::try_parse_from(["portcullis", "company", "set", "shop", "password_policy=barong"]);
        assert!(read.unwrap().global.settings.is_empty());
    }

    #[test]
    fn wrong_usage_is_exit_code_2() {
        let refused =
            Cli::try_parse_from(["portcullis", "account", "show", "--company", "default"]).err().unwrap();
        assert_eq!(refused.exit_code(), 2);
        assert_eq!(Cli::try_parse_from(["portcullis", "--help"]).err().unwrap().exit_code(), 0);
    }
}
