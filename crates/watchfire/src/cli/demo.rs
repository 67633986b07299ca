//! What can be typed after `watchfire demo`.

use std::net::SocketAddr;

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
}
