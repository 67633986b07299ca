//! `watchfire demo`: plays the Log4Shell story, tells it, and serves it.

use std::env;

use tokio::runtime::Runtime;
use tokio::signal::unix::SignalKind;
use tokio::sync::watch;
use watchfire_core::law::Language;
use watchfire_server::serve;
use watchfire_server::settings::Settings;

use super::log::verify;
use super::serve::handler;
use crate::cli::Demo;
use crate::demo::{self, Played, Reach};
use crate::exit::{Exit, Failure};
use crate::open::store_failure;
use crate::print;

/// Public checkpoints of the story, which is five weeks long; one of them covers all of it.
const CHECKPOINT_EVERY_SECONDS: u32 = 4 * 3_600;

pub(super) fn run(args: &Demo) -> Result<Exit, Failure> {
    let language = language(args.language.as_deref());
    let folder = tempfile::Builder::new()
        .prefix("watchfire-demo-")
        .tempdir()
        .map_err(|error| Failure::world("no folder can be made for the demo").because(error))?;
    let settings = Settings {
        listen: args.listen,
        data: folder.path().to_owned(),
        organization: "Qingtai Cloud (fictional)".to_owned(),
        checkpoint_every_seconds: CHECKPOINT_EVERY_SECONDS,
        ..Settings::default()
    };
    let runtime = Runtime::new()
        .map_err(|error| Failure::world("the program cannot start its threads").because(error))?;
    let reach = Reach {
        mail_relay: args.mail_relay,
        webhook: args.webhook.clone().zip(args.webhook_secret.clone()),
    };
    runtime.block_on(async {
        let mut stopped = stop_signal()?;
        let played = tokio::select! {
            played = demo::play(settings, &reach, language) => played?,
            // Whoever has seen enough leaves no folder behind.
            _ = stopped.wait_for(|stopped| *stopped) => return Ok(Exit::Done),
        };
        print::data(played.text.trim_end())?;
        print::data(&print::wrapped("", &notices(&played, &reach, language), demo::WIDTH))?;
        print::data(&proof(&played, language).await?)?;
        if args.no_serve {
            return Ok(Exit::Done);
        }
        served(&played, stopped, language).await
    })
}

/// Listens for Ctrl-C and for what a service manager sends.
fn stop_signal() -> Result<watch::Receiver<bool>, Failure> {
    let mut terminate = handler(SignalKind::terminate())?;
    let mut interrupt = handler(SignalKind::interrupt())?;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stop.send_replace(true);
    });
    Ok(stopped)
}

/// Says what became of the notices; without anybody to receive them, how to see them.
fn notices(played: &Played, reach: &Reach, language: Language) -> String {
    let (taken, left) = (played.notices.taken, played.notices.left);
    match (reach.is_nobody(), language) {
        (true, Language::En) => format!(
            "Notices: {left} would have been sent on each way on which somebody is reached; none \
             left this machine. To receive them: `--mail-relay 127.0.0.1:1025`, or `--webhook URL`"
        ),
        (true, Language::ZhCn) => format!(
            "通知：每种渠道本应发出 {left} 条，均未离开本机。如需接收：`--mail-relay 127.0.0.1:1025` 或 `--webhook URL`"
        ),
        (false, Language::En) => format!("Notices: {taken} taken, {left} not taken by anybody"),
        (false, Language::ZhCn) => format!("通知：{taken} 条已送达，{left} 条未送达"),
    }
}

/// Computes the evidence log of the story anew, as `watchfire log verify` does.
async fn proof(played: &Played, language: Language) -> Result<String, Failure> {
    let node = &played.node;
    let checkpoint = node.settings().checkpoint_file();
    let verdict = verify::of_store(node.store(), node.signer().verifier(), &checkpoint)
        .await
        .map_err(store_failure)?;
    if let Some(problem) = verdict.problem {
        return Err(Failure::world(format!("the story's evidence log is not sound: {problem}")));
    }
    let (size, root) = (verdict.size.unwrap_or_default(), verdict.root.unwrap_or_default());
    Ok(match language {
        Language::En => {
            format!("Evidence log: {size} entries, computed anew and sound, root {root}")
        }
        Language::ZhCn => format!("存证日志：共 {size} 条，已重新计算，未被篡改，根 {root}"),
    })
}

/// Serves the story until the person has seen enough.
async fn served(
    played: &Played,
    stopped: watch::Receiver<bool>,
    language: Language,
) -> Result<Exit, Failure> {
    let address = played.node.settings().listen;
    let listener = serve::listen(address).await.map_err(|error| {
        let hint = "name another with `--listen 127.0.0.1:0`, or give `--no-serve`";
        Failure::world(error.to_string()).hint(hint)
    })?;
    let address = listener.local_addr().unwrap_or(address);
    print::say(&invitation(played, &address.to_string(), language));
    if let Some(sender) = played.sender.clone() {
        tokio::spawn(sender.run(stopped.clone()));
    }
    serve::serve(&played.node, listener, stopped)
        .await
        .map_err(|error| Failure::world("the story cannot be served").because(error))?;
    Ok(Exit::Done)
}

fn invitation(played: &Played, address: &str, language: Language) -> String {
    let [went, lit] = &played.cases;
    let (login, password) = (played.login, &played.password);
    match language {
        Language::En => format!(
            "\nSee it: http://{address}/watch  (sign in as `{login}`, password `{password}`)\n\
             As it went:             http://{address}/cases/{went}\n\
             With the watch fire lit: http://{address}/cases/{lit}\n\
             Ctrl-C ends it; nothing is kept."
        ),
        Language::ZhCn => format!(
            "\n查看：http://{address}/watch（登录名 `{login}`，密码 `{password}`）\n\
             实际经过：http://{address}/cases/{went}\n\
             烽火点燃：http://{address}/cases/{lit}\n\
             按 Ctrl-C 结束，不保留任何数据。"
        ),
    }
}

/// Chinese for a terminal that speaks it, else English.
fn language(asked: Option<&str>) -> Language {
    if let Some(language) = asked.and_then(Language::parse) {
        return language;
    }
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let spoken =
        names.iter().find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
    if spoken.is_some_and(|spoken| spoken.starts_with("zh")) {
        Language::ZhCn
    } else {
        Language::En
    }
}
