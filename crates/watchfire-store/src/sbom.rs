//! SBOMs as they were attached to releases, with their documents.

use jiff::Timestamp;
use watchfire_core::event::{Actor, Body, ReleaseEvent, SbomRecord, Stream};
use watchfire_core::ids::{ReleaseId, SbomId};
use watchfire_core::product::Release;

use crate::Store;
use crate::dialect::params;
use crate::document;
use crate::error::StoreError;
use crate::policy::{Claim, NotFound, Right, of_house};
use crate::statement::statements;
use crate::viewer::Viewer;

statements! {
    SBOM_OF = concat!(
        "SELECT s.document, s.release_id FROM sboms s JOIN releases r ON r.id = s.release_id \
         WHERE s.id = $3 AND ", of_house!("r")
    );
}

/// An SBOM as it was attached once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedSbom {
    pub id: SbomId,
    pub release: ReleaseId,
    pub record: SbomRecord,
    pub attached_at: Timestamp,
    pub attached_by: Actor,
    /// Whether it counts, or was replaced or detached.
    pub is_attached: bool,
}

impl Store {
    /// Returns an SBOM as it was attached, whether it still is or not.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing or another house's.
    pub async fn sbom(&self, viewer: &Viewer, id: &SbomId) -> Result<AttachedSbom, StoreError> {
        let (scope, party) = viewer.house_parameters();
        let params = params![scope, party, id.as_str()];
        let row = self.reader().await?.optional(&SBOM_OF, params).await?.ok_or(NotFound)?;
        let all = self.sboms_of(viewer, &row.parsed("release_id")?).await?;
        let found = all.into_iter().find(|sbom| sbom.id == *id);
        found.ok_or(StoreError::Corrupt { what: "sbom" })
    }

    /// Returns the SBOMs that were ever attached to a release, in the order in which they were.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the release is missing or another house's.
    pub async fn sboms_of(
        &self,
        viewer: &Viewer,
        release: &ReleaseId,
    ) -> Result<Vec<AttachedSbom>, StoreError> {
        let claim = Claim::Release(release.clone(), Right::Read);
        let events = self.of_stream(viewer, claim, &Stream::Release(release.clone())).await?;
        let now = Release::from_events(release, &events).ok_or(NotFound)?;
        let attached = events.into_iter().filter_map(|event| {
            let Body::Release(_, ReleaseEvent::SbomAttached { sbom, record, .. }) = event.body
            else {
                return None;
            };
            Some(AttachedSbom {
                is_attached: now.sboms.contains_key(&sbom),
                id: sbom,
                release: release.clone(),
                record: *record,
                attached_at: event.recorded_at,
                attached_by: event.actor,
            })
        });
        Ok(attached.collect())
    }

    /// Returns the bytes of an SBOM, as they were given.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing, another house's, or erased.
    pub async fn sbom_bytes(&self, viewer: &Viewer, id: &SbomId) -> Result<Vec<u8>, StoreError> {
        let (scope, party) = viewer.house_parameters();
        let mut connection = self.reader().await?;
        let row = connection.optional(&SBOM_OF, params![scope, party, id.as_str()]).await?;
        let digest = row.ok_or(NotFound)?.text("document")?;
        Ok(document::kept(&mut connection, &digest).await?.ok_or(NotFound)?)
    }
}
