//! Words for people, in every language of the house.

use serde::Deserialize;

/// A text in each of the languages of the house.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese, simplified.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
}
