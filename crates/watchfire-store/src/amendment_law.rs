//! The changes of one law, with what departments owe or have given for them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use watchfire_core::amendment::Amendment;
use watchfire_core::event::LawSource;
use watchfire_core::ids::{AmendmentId, DepartmentId, PartyId};
use watchfire_core::law::files::Files;

use crate::Store;
use crate::amendment::{AmendmentRow, amendment_columns, amendment_row, key};
use crate::dialect::{Connection, Row, params};
use crate::error::StoreError;
use crate::lawbook::kept;
use crate::page::{PAGE_ROWS_MAX, Page, PageRequest, limited};
use crate::policy::of_house;
use crate::statement::statements;
use crate::viewer::Viewer;

statements! {
    PUT_LAW =
        "INSERT INTO amendment_laws (law, amendment_id) VALUES ($1, $2) \
         ON CONFLICT (law, amendment_id) DO NOTHING";
    OF_LAW = concat!(
        "SELECT ", amendment_columns!(), " FROM amendment_laws l JOIN amendments a ON a.id = l.amendment_id \
         WHERE l.law = $3 AND ", of_house!("a"),
        " AND (a.proposed_at < $4 OR (a.proposed_at = $4 AND a.id < $5)) \
         ORDER BY a.proposed_at DESC, a.id DESC LIMIT $6"
    );
    ACKNOWLEDGEMENTS =
        "SELECT k.department_id, d.name AS department_name, k.owner_id, k.due_at AS owed_at, \
         k.gap, k.given_at, k.given_by FROM acknowledgements k \
         LEFT JOIN departments d ON d.id = k.department_id \
         WHERE k.amendment_id = $1 AND k.department_id > $2 ORDER BY k.department_id LIMIT $3";
}

/// A change of one law, with what departments owe or have given for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawAmendment {
    pub amendment: AmendmentRow,
    pub acknowledgements: Vec<LawAcknowledgement>,
}

/// What one department owes for a change of law, or has given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawAcknowledgement {
    pub department: DepartmentId,
    pub department_name: String,
    pub owner: Option<PartyId>,
    pub due_at: Timestamp,
    pub is_gap: bool,
    /// By whom and when it was acknowledged.
    pub given: Option<(Option<PartyId>, Timestamp)>,
}

/// Writes in which laws a change changes something.
pub(crate) async fn put(tx: &mut Connection, amendment: &Amendment) -> Result<(), StoreError> {
    for law in laws(tx, amendment).await? {
        tx.execute(&PUT_LAW, params![law.as_str(), amendment.id.as_str()]).await?;
    }
    Ok(())
}

/// In which laws a change changes something. A proposal that does not say so, as older ones do
/// not, is compared by its files with those that were used when it was made.
async fn laws(tx: &mut Connection, amendment: &Amendment) -> Result<BTreeSet<String>, StoreError> {
    if !amendment.laws.is_empty() {
        return Ok(amendment.laws.clone());
    }
    if let LawSource::Reading { provision } = &amendment.source {
        return Ok(provision.split_once('/').map(|(law, _)| law.to_owned()).into_iter().collect());
    }
    let (new, old) = (kept(tx, &amendment.files).await?, kept(tx, &amendment.base).await?);
    let (Some(new), Some(old)) = (new, old) else { return Ok(BTreeSet::new()) };
    let of = |files: &Files, law: &str| -> Vec<(String, String)> {
        let own = files.iter().filter(|(path, _)| path.split('/').next() == Some(law));
        own.map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
    };
    let changed = new.laws().into_iter().filter(|law| of(&new, law) != of(&old, law));
    Ok(changed.map(str::to_owned).collect())
}

fn law_acknowledgement(row: &Row) -> Result<LawAcknowledgement, StoreError> {
    let by: Option<PartyId> = row.parsed_or_none("given_by")?;
    Ok(LawAcknowledgement {
        department: row.parsed("department_id")?,
        department_name: row.text_or_none("department_name")?.unwrap_or_default(),
        owner: row.parsed_or_none("owner_id")?,
        due_at: row.instant("owed_at")?,
        is_gap: row.text_or_none("gap")?.is_some(),
        given: row.instant_or_none("given_at")?.map(|at| (by, at)),
    })
}

/// Everything that departments owe for a change, or have given.
async fn acknowledgements(
    connection: &mut Connection,
    id: &AmendmentId,
) -> Result<Vec<LawAcknowledgement>, StoreError> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let params = params![id.as_str(), after.as_str(), limited(0, PAGE_ROWS_MAX)];
        let rows = connection.all(&ACKNOWLEDGEMENTS, params).await?;
        let Some(last) = rows.last() else { return Ok(found) };
        after = last.text("department_id")?;
        for row in &rows {
            found.push(law_acknowledgement(row)?);
        }
    }
}

impl Store {
    /// Returns the changes of one law that the viewer's organization knows of, the newest first,
    /// each with everything that departments owe or have given for it.
    ///
    /// # Errors
    /// [`StoreError::Cursor`].
    pub async fn amendments_of_law(
        &self,
        viewer: &Viewer,
        law: &str,
        page: &PageRequest,
    ) -> Result<Page<LawAmendment>, StoreError> {
        let (scope, party) = viewer.house_parameters();
        let ([at], id) = page.key([i64::MAX])?;
        let mut connection = self.reader().await?;
        let params = params![scope, party, law, at, id, page.probe()];
        let rows = connection.all(&OF_LAW, params).await?;
        let rows = rows.iter().map(amendment_row).collect::<Result<Vec<_>, _>>()?;
        let found = page.page(rows, key);
        let mut rows = Vec::new();
        for amendment in found.rows {
            let acknowledgements = acknowledgements(&mut connection, &amendment.id).await?;
            rows.push(LawAmendment { amendment, acknowledgements });
        }
        Ok(Page { rows, next: found.next })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use watchfire_core::event::{AmendmentEvent, Service};

    use super::*;
    use crate::amendment::write_anew;
    use crate::append::Append;
    use crate::testing::engines;

    fn files(pairs: &[(&str, &str)]) -> Files {
        Files::new(pairs.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())))
    }

    /// Puts forward files over others, in an event that does not say which laws they change.
    async fn proposed(store: &Store, source: LawSource, [old, new]: [&Files; 2]) -> AmendmentId {
        let keeper = Viewer::service(Service::Keeper);
        let grant = store.authorize_new_amendment(&keeper).await.expect("it may");
        let mut append = Append::new(&keeper, Timestamp::UNIX_EPOCH);
        let proposed = AmendmentEvent::Proposed {
            organization: PartyId::from_random([8; 5]),
            title: "24 hours".into(),
            why: "it was shortened".into(),
            by: None,
            source,
            files: new.digest(),
            base: old.digest(),
            lawbook: new.digest(),
            effective_at: Timestamp::UNIX_EPOCH,
            laws: BTreeSet::new(),
        };
        append.amendment(&grant, proposed);
        append.lawbook(old.clone());
        append.lawbook(new.clone());
        let department = DepartmentId::from_random([7; 5]);
        let (by, note) = (PartyId::from_random([6; 5]), "received".to_owned());
        let due_at = Timestamp::UNIX_EPOCH;
        let owed = department.clone();
        append.amendment(&grant, AmendmentEvent::Routed { department: owed, owner: None, due_at });
        append.amendment(&grant, AmendmentEvent::Acknowledged { department, by, note });
        store.append(append).await.expect("it is put forward");
        grant.id().clone()
    }

    #[tokio::test]
    async fn what_was_written_before_a_column_was_there_is_written_anew() {
        for engine in engines().await {
            let store = engine.open().await;
            let old = files(&[("aa/law.toml", "1"), ("bb/law.toml", "1"), ("cc/law.toml", "1")]);
            let new = files(&[("aa/law.toml", "2"), ("bb/law.toml", "1"), ("dd/law.toml", "1")]);
            let of_files = proposed(&store, LawSource::Files, [&old, &new]).await;
            let reading = LawSource::Reading { provision: "cc/7.2".into() };
            let of_reading = proposed(&store, reading, [&old, &old]).await;
            let keeper = Viewer::service(Service::Keeper);
            let found = async || {
                let mut found: BTreeMap<AmendmentId, Vec<String>> = BTreeMap::new();
                for law in ["aa", "bb", "cc", "dd"] {
                    let page = PageRequest::default();
                    let page = store.amendments_of_law(&keeper, law, &page);
                    for one in page.await.expect("the store answers").rows {
                        let given = one.acknowledgements[0].given.clone().expect("given");
                        let by = given.0.map(|by| by.to_string()).unwrap_or_default();
                        found.entry(one.amendment.id).or_default().extend([law.to_owned(), by]);
                    }
                }
                found
            };
            let by = PartyId::from_random([6; 5]).to_string();
            let of = |laws: &[&str]| -> Vec<String> {
                laws.iter().flat_map(|law| [(*law).to_owned(), by.clone()]).collect()
            };
            let expected =
                BTreeMap::from([(of_files, of(&["aa", "dd"])), (of_reading, of(&["cc"]))]);
            assert_eq!(found().await, expected);

            let mut tx = store.writer().await.expect("a connection");
            tx.run("UPDATE acknowledgements SET given_by = NULL").await.expect("spoiled");
            tx.run("DELETE FROM amendment_laws").await.expect("spoiled");
            drop(tx);
            assert_eq!(found().await, BTreeMap::new());
            let mut tx = store.writer().await.expect("a connection");
            write_anew(&mut tx).await.expect("written");
            drop(tx);
            assert_eq!(found().await, expected);
            store.close().await;
        }
    }
}
