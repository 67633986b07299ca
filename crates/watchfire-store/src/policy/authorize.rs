//! How a right is had: one function for each kind of object.

use watchfire_core::ids::{
    AmendmentId, CaseId, DepartmentId, PartyId, ProductId, ReleaseId, ReportId, VulnerabilityId,
};

use super::{
    Access, Administer, Amendment, Authorized, Case, Claim, Country, Department, IS_OF_OWN_HOUSE,
    Intake, Log, Node, Noun, Party, Product, Read, Release, Report, Vulnerability, Write, exists,
};
use crate::Store;
use crate::error::StoreError;
use crate::random::random_bytes;
use crate::viewer::{Viewer, Who};

impl Store {
    async fn authorize<N: Noun, A: Access>(
        &self,
        viewer: &Viewer,
        claim: Claim,
        id: N::Id,
    ) -> Result<Authorized<N, A>, StoreError> {
        let authorized = Authorized::new(viewer, claim, id);
        authorized.grant.check(&mut self.reader().await?).await?;
        Ok(authorized)
    }

    /// Returns whether the viewer is of the house whose node this is: one of its people, or a part
    /// of the node. Others do not see what the house decided for itself.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn is_of_own_house(&self, viewer: &Viewer) -> Result<bool, StoreError> {
        match viewer.who() {
            Who::Anonymous => Ok(false),
            Who::Service(_) => Ok(true),
            Who::Person { party, .. } => {
                exists(&mut self.reader().await?, &IS_OF_OWN_HOUSE, party).await
            }
        }
    }

    /// Returns the right to read or write one case.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing, hidden, or not for the viewer to change.
    pub async fn authorize_case<A: Access>(
        &self,
        viewer: &Viewer,
        id: &CaseId,
    ) -> Result<Authorized<Case, A>, StoreError> {
        self.authorize(viewer, Claim::Case(id.clone(), A::RIGHT), id.clone()).await
    }

    /// Returns the right to read or write one report; it is that of its case.
    ///
    /// # Errors
    /// As [`Store::authorize_case`].
    pub async fn authorize_report<A: Access>(
        &self,
        viewer: &Viewer,
        id: &ReportId,
    ) -> Result<Authorized<Report, A>, StoreError> {
        self.authorize(viewer, Claim::Report(id.clone(), A::RIGHT), id.clone()).await
    }

    /// Returns the right to read, write or administer one party.
    ///
    /// Everybody may write their own preferences, addresses and credentials; administrators keep
    /// the parties of their own organization.
    ///
    /// # Errors
    /// As [`Store::authorize_case`].
    pub async fn authorize_party<A: Access>(
        &self,
        viewer: &Viewer,
        id: &PartyId,
    ) -> Result<Authorized<Party, A>, StoreError> {
        self.authorize(viewer, Claim::Party(id.clone(), A::RIGHT), id.clone()).await
    }

    /// Returns the right to see, or to record, where an organization is.
    ///
    /// It is recorded of another organization alone, by the administrators of the organization
    /// whose node this is: it decides what a gate bars.
    ///
    /// # Errors
    /// As [`Store::authorize_case`].
    pub async fn authorize_country<A: Access>(
        &self,
        viewer: &Viewer,
        id: &PartyId,
    ) -> Result<Authorized<Country, A>, StoreError> {
        self.authorize(viewer, Claim::Country(id.clone(), A::RIGHT), id.clone()).await
    }

    /// Returns the right to see or record what happens to the node.
    ///
    /// # Errors
    /// As [`Store::authorize_case`].
    pub async fn authorize_node<A: Access>(
        &self,
        viewer: &Viewer,
    ) -> Result<Authorized<Node, A>, StoreError> {
        self.authorize(viewer, Claim::Node(A::RIGHT), ()).await
    }

    /// Returns the right to read the whole evidence log: its hashes and sizes, never its content.
    ///
    /// # Errors
    /// As [`Store::authorize_case`].
    pub async fn authorize_log(
        &self,
        viewer: &Viewer,
    ) -> Result<Authorized<Log, Read>, StoreError> {
        self.authorize(viewer, Claim::Log, ()).await
    }

    /// Returns the right to open a case, with its new id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for whoever has no account.
    pub async fn authorize_new_case(
        &self,
        viewer: &Viewer,
    ) -> Result<Authorized<Case, Write>, StoreError> {
        let id = CaseId::from_random(random_bytes());
        self.authorize(viewer, Claim::NewCase(id.clone()), id).await
    }

    /// Returns the right to make a person or an organization known, with its new id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] unless the viewer keeps accounts.
    pub async fn authorize_new_party(
        &self,
        viewer: &Viewer,
    ) -> Result<Authorized<Party, Administer>, StoreError> {
        let id = PartyId::from_random(random_bytes());
        self.authorize(viewer, Claim::NewParty(id.clone()), id).await
    }

    /// Returns the right to one change of law: to read it, to claim and acknowledge, or to keep it.
    ///
    /// # Errors
    /// As [`Store::authorize_case`].
    pub async fn authorize_amendment<A: Access>(
        &self,
        viewer: &Viewer,
        id: &AmendmentId,
    ) -> Result<Authorized<Amendment, A>, StoreError> {
        self.authorize(viewer, Claim::Amendment(id.clone(), A::RIGHT), id.clone()).await
    }

    /// Returns the right to propose a change of law, with its new id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] unless the viewer keeps the law: administrators and responders.
    pub async fn authorize_new_amendment(
        &self,
        viewer: &Viewer,
    ) -> Result<Authorized<Amendment, Administer>, StoreError> {
        let id = AmendmentId::from_random(random_bytes());
        self.authorize(viewer, Claim::NewAmendment(id.clone()), id).await
    }

    /// Returns the right to one department.
    ///
    /// # Errors
    /// As [`Store::authorize_case`].
    pub async fn authorize_department<A: Access>(
        &self,
        viewer: &Viewer,
        id: &DepartmentId,
    ) -> Result<Authorized<Department, A>, StoreError> {
        self.authorize(viewer, Claim::Department(id.clone(), A::RIGHT), id.clone()).await
    }

    /// Returns the right to make a department known, with its new id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] unless the viewer is an administrator.
    pub async fn authorize_new_department(
        &self,
        viewer: &Viewer,
    ) -> Result<Authorized<Department, Administer>, StoreError> {
        let id = DepartmentId::from_random(random_bytes());
        self.authorize(viewer, Claim::NewDepartment(id.clone()), id).await
    }

    /// Returns the right to one product: to see it, or to keep it.
    ///
    /// # Errors
    /// As [`Store::authorize_case`].
    pub async fn authorize_product<A: Access>(
        &self,
        viewer: &Viewer,
        id: &ProductId,
    ) -> Result<Authorized<Product, A>, StoreError> {
        self.authorize(viewer, Claim::Product(id.clone(), A::RIGHT), id.clone()).await
    }

    /// Returns the right to make a product known, with its new id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] unless the viewer is an administrator or a responder.
    pub async fn authorize_new_product(
        &self,
        viewer: &Viewer,
    ) -> Result<Authorized<Product, Write>, StoreError> {
        let id = ProductId::from_random(random_bytes());
        self.authorize(viewer, Claim::NewProduct(id.clone()), id).await
    }

    /// Returns the right to one release: to see it, or to keep it.
    ///
    /// # Errors
    /// As [`Store::authorize_case`].
    pub async fn authorize_release<A: Access>(
        &self,
        viewer: &Viewer,
        id: &ReleaseId,
    ) -> Result<Authorized<Release, A>, StoreError> {
        self.authorize(viewer, Claim::Release(id.clone(), A::RIGHT), id.clone()).await
    }

    /// Returns the right to make a release of a product known, with its new id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] unless the viewer keeps the product.
    pub async fn authorize_new_release(
        &self,
        viewer: &Viewer,
        product: &ProductId,
    ) -> Result<Authorized<Release, Write>, StoreError> {
        let id = ReleaseId::from_random(random_bytes());
        self.authorize(viewer, Claim::NewRelease(id.clone(), product.clone()), id).await
    }

    /// Returns the right to one vulnerability: to see it, or to decide about it.
    ///
    /// # Errors
    /// As [`Store::authorize_case`].
    pub async fn authorize_vulnerability<A: Access>(
        &self,
        viewer: &Viewer,
        id: &VulnerabilityId,
    ) -> Result<Authorized<Vulnerability, A>, StoreError> {
        self.authorize(viewer, Claim::Vulnerability(id.clone(), A::RIGHT), id.clone()).await
    }

    /// Returns the right to record a vulnerability that nobody knew of, with its new id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] unless it is the watch that found it.
    pub async fn authorize_new_vulnerability(
        &self,
        viewer: &Viewer,
    ) -> Result<Authorized<Vulnerability, Write>, StoreError> {
        let id = VulnerabilityId::from_random(random_bytes());
        self.authorize(viewer, Claim::NewVulnerability(id.clone()), id).await
    }

    /// Returns the rights to take in a report, with the new ids. Anybody may report.
    pub fn authorize_intake(&self, viewer: &Viewer) -> Intake {
        let report = ReportId::from_random(random_bytes());
        let case = CaseId::from_random(random_bytes());
        let claim = Claim::Intake(report.clone(), case.clone());
        Intake {
            report: Authorized::new(viewer, claim.clone(), report),
            case: Authorized::new(viewer, claim, case),
        }
    }
}
