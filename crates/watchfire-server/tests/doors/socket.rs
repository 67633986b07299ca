//! A few doors over real sockets: plain, with TLS, and how a node stops.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinHandle;
use watchfire_server::serve;
use watchfire_server::settings::{Settings, TlsSettings};
use watchfire_server::tls::Certificate;

use crate::house::House;

/// A node that listens on a free port.
struct Listening {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    ended: JoinHandle<Result<(), serve::ServeError>>,
}

async fn listen(house: &House) -> Listening {
    let listener = serve::listen("127.0.0.1:0".parse().expect("an address")).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = watch::channel(false);
    let node = house.node.clone();
    let ended = tokio::spawn(async move { serve::serve(&node, listener, stopped).await });
    Listening { address, stop, ended }
}

fn client() -> reqwest::Client {
    // Whichever test comes first installs it; the others find it installed.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder()
        .danger_accept_invalid_certs(true)
        .tls_info(true)
        .pool_max_idle_per_host(0)
        .build()
        .expect("a client")
}

fn copy(name: &str, to: &Path) -> TlsSettings {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let files = TlsSettings { certificate: to.join("cert.pem"), key: to.join("key.pem") };
    std::fs::copy(data.join(format!("{name}.cert.pem")), &files.certificate).expect("a copy");
    std::fs::copy(data.join(format!("{name}.key.pem")), &files.key).expect("a copy");
    files
}

#[tokio::test]
async fn a_node_answers_over_a_socket_and_stops_when_told() {
    let house = House::new().await;
    let node = listen(&house).await;
    let url = format!("http://{}/healthz", node.address);
    let began = Instant::now();
    let text = client().get(&url).send().await.expect("an answer").text().await.expect("text");
    assert_eq!(text, "ok\n");
    assert!(began.elapsed() < Duration::from_secs(10));
    node.stop.send(true).expect("somebody listens");
    node.ended.await.expect("no panic").expect("no error");
    assert!(client().get(&url).send().await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn tls_is_spoken_with_the_certificate_of_the_settings() {
    let folder = tempfile::tempdir().expect("a folder");
    let tls = copy("first", folder.path());
    let house = House::with(Settings { tls: Some(tls), ..Settings::default() }).await;
    let node = listen(&house).await;
    let url = format!("https://{}/healthz", node.address);
    let answered = client().get(&url).send().await.expect("an answer");
    let info = answered.extensions().get::<reqwest::tls::TlsInfo>().expect("TLS");
    let certificate = info.peer_certificate().expect("a certificate");
    assert!(certificate.windows(13).any(|part| part == b"first.example"));
    assert!(answered.headers().contains_key("strict-transport-security"));
    assert_eq!(answered.version(), reqwest::Version::HTTP_11);
    let plain = format!("http://{}/healthz", node.address);
    assert!(client().get(&plain).send().await.is_err(), "no plain HTTP on the same port");
    node.stop.send(true).expect("somebody listens");
    node.ended.await.expect("no panic").expect("no error");
}

#[test]
fn a_changed_certificate_is_read_and_a_broken_one_leaves_the_old() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = copy("first", folder.path());
    let certificate = Certificate::load(&files).expect("a certificate");
    assert!(!certificate.reload_if_changed().expect("unchanged"));
    let later = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000);
    let touch = |path: &Path, seconds| {
        let file = std::fs::File::options().write(true).open(path).expect("a file");
        file.set_modified(later + Duration::from_secs(seconds)).expect("a time");
    };
    copy("second", folder.path());
    touch(&files.certificate, 1);
    assert!(certificate.reload_if_changed().expect("readable"));
    assert!(!certificate.reload_if_changed().expect("unchanged"));

    std::fs::write(&files.certificate, "nothing of the kind").expect("a file");
    touch(&files.certificate, 2);
    let problem = certificate.reload_if_changed().expect_err("no certificate");
    assert!(problem.to_string().contains("cert.pem"), "{problem}");
    copy("first", folder.path());
    touch(&files.certificate, 3);
    assert!(certificate.reload_if_changed().expect("readable again"));
    let other_key = TlsSettings { key: copy_key("second", folder.path()), ..files };
    assert!(Certificate::load(&other_key).is_err(), "a key of another certificate");
}

fn copy_key(name: &str, to: &Path) -> std::path::PathBuf {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let path = to.join("other.pem");
    std::fs::copy(data.join(format!("{name}.key.pem")), &path).expect("a copy");
    path
}

#[tokio::test]
async fn a_side_that_is_silent_after_connecting_does_not_keep_the_node_from_others() {
    let house = House::new().await;
    let node = listen(&house).await;
    let silent = tokio::net::TcpStream::connect(node.address).await.expect("a connection");
    let url = format!("http://{}/healthz", node.address);
    let answered = client().get(&url).send().await.expect("an answer");
    assert_eq!(answered.status(), reqwest::StatusCode::OK);
    drop(silent);
    node.stop.send(true).expect("somebody listens");
    node.ended.await.expect("no panic").expect("no error");
}
