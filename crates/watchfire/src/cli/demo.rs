//! What can be typed after `watchfire demo`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Address to serve the played story on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8470")]
    pub(crate) listen: SocketAddr,
    /// Print the story and end
    #[arg(long)]
    pub(crate) no_serve: bool,
    /// Language of the story; by default that of the terminal
    #[arg(long, value_parser = ["en", "zh-CN"])]
    pub(crate) language: Option<String>,
    /// Mail relay on this machine that receives the story's notices, such as a mail catcher
    #[arg(long, value_name = "ADDR")]
    pub(crate) mail_relay: Option<SocketAddr>,
    /// Where the story's notices are posted, each person's at `URL/<login>`
    #[arg(long, value_name = "URL", requires = "webhook_secret")]
    pub(crate) webhook: Option<String>,
    /// File with the secret that signs what is posted, `whsec_…`
    #[arg(long, value_name = "FILE", requires = "webhook")]
    pub(crate) webhook_secret: Option<PathBuf>,
}
