//! FIRST's list of how likely an exploitation is: lines of CVE, probability, percentile.
//!
//! Source: FIRST, EPSS, "Data": a comment with model and day, a line of names, then the scores.

use super::document::ReadError;
use super::{DOCUMENT_BYTES_MAX, Document, Format, Likelihood, STATEMENTS_MAX};

/// What the second line says, or the first where there is no comment.
const HEAD: &str = "cve,epss,percentile";

/// Whether `bytes` begin as such a list does.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    bytes.starts_with(b"#model_version:") || bytes.starts_with(HEAD.as_bytes())
}

/// Reads the list.
///
/// # Errors
/// [`ReadError`], with the line that is wrong: a list that was cut off within a line is refused.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return Err(ReadError::TooLarge(bytes.len()));
    }
    let odd = |line: usize, reason: &str| ReadError::Line { line, reason: reason.to_owned() };
    let text = std::str::from_utf8(bytes).map_err(|_| odd(1, "it is not UTF-8"))?;
    if !text.ends_with('\n') {
        return Err(odd(text.lines().count(), "it does not end"));
    }
    let mut document = Document::new(Format::Epss);
    document.publisher = Some("FIRST".to_owned());
    let mut lines = text.lines().enumerate().peekable();
    if let Some((_, comment)) = lines.next_if(|(_, line)| line.starts_with('#')) {
        for part in comment.trim_start_matches('#').split(',') {
            match part.split_once(':') {
                Some(("model_version", version)) => document.revision = Some(version.to_owned()),
                Some(("score_date", day)) => {
                    document.published = day_of(day);
                    if document.published.is_none() {
                        return Err(odd(1, "its day is none"));
                    }
                }
                _ => {}
            }
        }
    }
    match lines.next() {
        Some((_, HEAD)) => {}
        other => {
            return Err(odd(
                other.map_or(1, |(at, _)| at + 1),
                "the names of the columns are missing",
            ));
        }
    }
    for (at, line) in lines {
        if document.likelihoods.len() >= STATEMENTS_MAX {
            return Err(ReadError::TooManyStatements);
        }
        let likelihood = likelihood_of(line);
        document.likelihoods.push(likelihood.map_err(|reason| odd(at + 1, reason))?);
    }
    document.modified = document.published;
    Ok(document)
}

/// `2025-08-25T12:55:00Z`, or as it was written for years, `2021-12-10T00:00:00+0000`, or a day.
fn day_of(text: &str) -> Option<jiff::Timestamp> {
    let colon = || {
        let (rest, zone) = text.split_at_checked(text.len().checked_sub(2)?)?;
        crate::instant::read(&format!("{rest}:{zone}"))
    };
    let day = || crate::instant::read(&format!("{text}T00:00:00Z"));
    crate::instant::read(text).or_else(colon).or_else(day)
}

fn likelihood_of(line: &str) -> Result<Likelihood, &'static str> {
    let mut fields = line.split(',');
    let (Some(id), Some(probability), Some(percentile), None) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return Err("it has not three fields");
    };
    let share = |text: &str| {
        let share = text.parse::<f64>().ok()?;
        (0.0..=1.0).contains(&share).then_some(share)
    };
    let probability = share(probability).ok_or("its probability is not from 0 to 1")?;
    let percentile = share(percentile).ok_or("its percentile is not from 0 to 1")?;
    if !super::cve::is_id(id) {
        return Err("it does not begin with a CVE id");
    }
    Ok(Likelihood { id: id.to_owned(), probability, percentile })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "#model_version:v2025.03.14,score_date:2025-08-25T12:55:00Z\n\
        cve,epss,percentile\nCVE-2021-44228,0.94358,0.99958\nCVE-1999-0001,0.01141,0.7769\n";

    #[test]
    fn a_list_is_read_with_its_model_and_day() {
        let document = read(LIST.as_bytes()).expect("a list");
        assert_eq!(document.revision.as_deref(), Some("v2025.03.14"));
        let published = document.published.map(|day| day.to_string());
        assert_eq!(published.as_deref(), Some("2025-08-25T12:55:00Z"));
        assert_eq!(document.likelihoods.len(), 2);
        assert_eq!(document.likelihoods[0].probability, 0.94358);
        let older = LIST.replace("2025-08-25T12:55:00Z", "2021-12-10T00:00:00+0000");
        assert!(read(older.as_bytes()).expect("a list").published.is_some());
        let bare = LIST.split_once('\n').expect("two lines").1;
        assert_eq!(read(bare.as_bytes()).expect("a list").likelihoods.len(), 2);
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        for (odd, line) in [
            (LIST.trim_end().to_owned(), 4),
            (LIST.replace("0.94358", "1.5"), 3),
            (LIST.replace("0.94358", "NaN"), 3),
            (LIST.replace("CVE-1999-0001", "1999"), 4),
            (LIST.replace("0.7769", "0.7769,1"), 4),
            (LIST.replace("cve,epss", "id,epss"), 2),
            (LIST.replace("2025-08-25T12:55:00Z", "soon"), 1),
        ] {
            match read(odd.as_bytes()) {
                Err(ReadError::Line { line: told, .. }) => assert_eq!(told, line, "{odd}"),
                other => panic!("{odd}: {other:?}"),
            }
        }
    }
}
