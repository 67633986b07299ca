//! Style, script and picture, in the binary and under a path that changes with their content.

use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// Below this path assets are served.
pub const PREFIX: &str = "/assets/";

/// A file that pages need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asset {
    Style,
    Script,
    Htmx,
    Icon,
}

/// A file with what is served of it.
struct File {
    asset: Asset,
    name: &'static str,
    media_type: &'static str,
    content: &'static [u8],
}

const FILES: [File; 4] = [
    File {
        asset: Asset::Style,
        name: "watchfire.css",
        media_type: "text/css; charset=utf-8",
        content: include_bytes!("../../assets/watchfire.css"),
    },
    File {
        asset: Asset::Script,
        name: "app.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_bytes!("../../assets/app.js"),
    },
    File {
        asset: Asset::Htmx,
        name: "htmx.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_bytes!("../../assets/vendor/htmx/htmx-4.0.1.min.js"),
    },
    File {
        asset: Asset::Icon,
        name: "icon.svg",
        media_type: "image/svg+xml",
        content: include_bytes!("../../assets/icon.svg"),
    },
];

/// The path of each file, in the order of [`FILES`].
static PATHS: LazyLock<[String; 4]> = LazyLock::new(|| {
    FILES.each_ref().map(|file| {
        let digest = Sha256::digest(file.content);
        let hash: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{PREFIX}{hash}/{}", file.name)
    })
});

/// Returns the path under which `asset` is served.
pub fn path(asset: Asset) -> &'static str {
    let place = FILES.iter().position(|file| file.asset == asset).unwrap_or_default();
    &PATHS[place]
}

/// Answers a request for an asset; `None` for a path that no asset has.
pub fn serve(path: &str) -> Option<Response> {
    let place = PATHS.iter().position(|known| known == path)?;
    let file = &FILES[place];
    // The path changes with the content, so a copy never grows old.
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Some((StatusCode::OK, headers, file.content).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_served_under_its_own_hash_and_no_other() {
        let known = path(Asset::Style);
        assert!(known.starts_with("/assets/") && known.ends_with("/watchfire.css"), "{known}");
        let answer = serve(known).expect("the style");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(serve("/assets/0000000000000000/watchfire.css").is_none());
        assert!(serve("/assets/").is_none());
    }
}
