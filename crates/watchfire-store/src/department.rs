//! Departments of an organization.

use std::collections::BTreeMap;

use watchfire_core::department::Department;
use watchfire_core::event::{Body, DepartmentEvent, Event, encoding};
use watchfire_core::ids::DepartmentId;

use crate::Store;
use crate::apply::Stored;
use crate::dialect::{Connection, params};
use crate::error::StoreError;
use crate::page::limited;
use crate::policy::{NotFound, of_house};
use crate::statement::statements;
use crate::viewer::Viewer;

/// Departments that are read of one organization.
pub const DEPARTMENTS_MAX: usize = 500;
/// Events of departments that are read at once.
const EVENTS_MAX: usize = 50_000;

statements! {
    REGISTER =
        "INSERT INTO departments (id, organization_id, name, is_closed) VALUES ($1, $2, $3, $4)";
    RENAME = "UPDATE departments SET name = $2 WHERE id = $1";
    CLOSE = "UPDATE departments SET is_closed = $2 WHERE id = $1";
    COUNT = concat!("SELECT COUNT(*) AS n FROM departments d WHERE ", of_house!("d"));
    EVENTS = concat!(
        "SELECT e.stream, e.bytes FROM departments d JOIN events e ON e.noun = 'department' \
         AND e.stream = d.id WHERE e.bytes IS NOT NULL AND ", of_house!("d"),
        " ORDER BY e.stream, e.version LIMIT $3"
    );
    EVENTS_OF_ONE = concat!(
        "SELECT e.stream, e.bytes FROM departments d JOIN events e ON e.noun = 'department' \
         AND e.stream = d.id WHERE d.id = $4 AND e.bytes IS NOT NULL AND ", of_house!("d"),
        " ORDER BY e.stream, e.version LIMIT $3"
    );
}

pub(crate) async fn apply(tx: &mut Connection, stored: &Stored<'_>) -> Result<(), StoreError> {
    let Body::Department(id, event) = &stored.event.body else {
        return Ok(());
    };
    let id = id.as_str();
    match event {
        DepartmentEvent::Registered { organization, desk } => {
            let params = params![id, organization.as_str(), desk.name.as_str(), false];
            tx.execute(&REGISTER, params).await?;
        }
        DepartmentEvent::Changed { desk } => {
            tx.execute(&RENAME, params![id, desk.name.as_str()]).await?;
        }
        DepartmentEvent::Closed { .. } => {
            tx.execute(&CLOSE, params![id, true]).await?;
        }
    }
    Ok(())
}

impl Store {
    /// Returns every department of the viewer's organization, in one look, by name.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`].
    pub async fn departments(&self, viewer: &Viewer) -> Result<Vec<Department>, StoreError> {
        let (scope, party) = viewer.house_parameters();
        let limit = limited(EVENTS_MAX, EVENTS_MAX) + 1;
        let rows = self.reader().await?.all(&EVENTS, params![scope, party, limit]).await?;
        if rows.len() > EVENTS_MAX {
            return Err(StoreError::TooLarge { what: "departments", limit: EVENTS_MAX });
        }
        let mut histories: BTreeMap<DepartmentId, Vec<Event>> = BTreeMap::new();
        for row in &rows {
            let event = encoding::decode(&row.bytes("bytes")?)?;
            histories.entry(row.parsed("stream")?).or_default().push(event);
        }
        let each = histories.iter().filter_map(|(id, events)| Department::from_events(id, events));
        let mut found: Vec<Department> = each.collect();
        found.sort_by(|one, two| one.desk.name.cmp(&two.desk.name));
        Ok(found)
    }

    /// Returns one department.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing or another house's.
    pub async fn department(
        &self,
        viewer: &Viewer,
        id: &DepartmentId,
    ) -> Result<Department, StoreError> {
        let (scope, party) = viewer.house_parameters();
        let params = params![scope, party, limited(EVENTS_MAX, EVENTS_MAX), id.as_str()];
        let rows = self.reader().await?.all(&EVENTS_OF_ONE, params).await?;
        let events = rows.iter().map(|row| Ok(encoding::decode(&row.bytes("bytes")?)?));
        let events = events.collect::<Result<Vec<Event>, StoreError>>()?;
        Ok(Department::from_events(id, &events).ok_or(NotFound)?)
    }

    /// Returns how many departments the viewer's organization has, closed ones among them.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn department_count(&self, viewer: &Viewer) -> Result<u64, StoreError> {
        let (scope, party) = viewer.house_parameters();
        let row = self.reader().await?.optional(&COUNT, params![scope, party]).await?;
        row.map_or(Ok(0), |row| row.natural("n"))
    }
}
