//! People and organizations: accounts, credentials, profile and chain.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use watchfire_core::event::{
    AnnexDigest, Chain, CredentialKind, Duty, PartyEvent, Profile, Stream,
};
use watchfire_core::ids::PartyId;
use watchfire_core::notice::Notice;
use watchfire_core::party::{
    CHANNELS, chain_people, check_login, check_name, check_password, check_profile,
};
use watchfire_store::policy::{Administer, Party, Write};
use watchfire_store::{
    ADDRESS, Append, Authorized, PartyKind, Recorded, Secret as Kept, SecretDigest, StoreError,
};

use super::{Answer, AppendError, TRIES_MAX, Wish, decision, keeper, too_many_conflicts};
use crate::auth::TOKEN_PREFIX;
use crate::error::Problem;
use crate::secret::{Secret, hex, random};

/// A label or an address has at most so many characters.
const TEXT_CHARS_MAX: usize = 200;

/// A person as an administrator makes them known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonDraft {
    pub name: String,
    pub duties: BTreeSet<Duty>,
    /// The name to sign in with; without one the person has no account.
    pub login: Option<String>,
    /// Needed with a login.
    pub password: Option<String>,
}

/// Makes the organization of a new node and its first administrator.
///
/// # Errors
/// `conflict` if somebody is known already; a name, login or password that cannot be.
pub async fn begin(
    wish: Wish<'_>,
    organization: &str,
    person: &PersonDraft,
) -> Result<(PartyId, Answer), Problem> {
    if !wish.node.store().is_new().await? {
        return Err(Problem::new(
            "conflict",
            "the node has an organization already",
            "add people with `watchfire user add`",
        ));
    }
    check_name(organization)?;
    let grant = wish.node.store().authorize_new_party(wish.viewer).await?;
    let mut append = Append::new(wish.viewer, wish.node.now());
    let registered = PartyEvent::OrganizationRegistered { name: organization.to_owned() };
    append.administer(&grant, registered);
    let answer = add(wish, append, grant.id().clone(), person).await?;
    Ok((grant.id().clone(), answer))
}

/// Makes a person of the caller's organization known, with an account if a login is given.
///
/// # Errors
/// A name, login or password that cannot be; 404 for whoever keeps no accounts.
pub async fn add_person(
    wish: Wish<'_>,
    organization: &PartyId,
    person: &PersonDraft,
) -> Result<Answer, Problem> {
    if let Some(before) = wish.answered_before().await? {
        return Ok(before);
    }
    let append = Append::new(wish.viewer, wish.node.now());
    add(wish, append, organization.clone(), person).await
}

async fn add(
    wish: Wish<'_>,
    mut append: Append,
    organization: PartyId,
    person: &PersonDraft,
) -> Result<Answer, Problem> {
    let grant = wish.node.store().authorize_new_party(wish.viewer).await?;
    check_name(&person.name)?;
    let registered = append.administer(
        &grant,
        PartyEvent::PersonRegistered {
            name: person.name.clone(),
            organization: Some(organization),
            duties: person.duties.clone(),
        },
    );
    if let Some(login) = &person.login {
        check_login(login)?;
        append.administer(&grant, PartyEvent::AccountOpened { login: login.clone() });
        let password = person.password.clone().unwrap_or_default();
        set_password_in(wish, &mut append, &grant, password).await?;
    }
    let answer = Answer::new(grant.id(), Some(&registered.receipt));
    finish(wish.append(append, &answer).await)
}

async fn set_password_in(
    wish: Wish<'_>,
    append: &mut Append,
    grant: &Authorized<Party, Administer>,
    password: String,
) -> Result<(), Problem> {
    check_password(&password)?;
    let phc = wish.node.passwords().hash(password).await?;
    append.administer(grant, password_set());
    append.secret(grant, Kept::Password { phc });
    Ok(())
}

fn password_set() -> PartyEvent {
    PartyEvent::CredentialSet {
        credential: CredentialKind::Password,
        label: "password".to_owned(),
        expires_at: None,
    }
}

pub(super) fn finish(result: Result<Answer, AppendError>) -> Result<Answer, Problem> {
    result.map_err(|error| match error {
        AppendError::Conflict => too_many_conflicts(),
        AppendError::Problem(problem) => problem,
    })
}

/// How a change of a party is put into an append.
pub(super) type Put<'p, A> =
    &'p (dyn Fn(&mut Append, &Authorized<Party, A>) -> Result<Recorded, Problem> + Sync);

/// Changes what is one's own, or what an administrator keeps for others.
async fn write(wish: Wish<'_>, id: &PartyId, put: Put<'_, Write>) -> Result<Answer, Problem> {
    for _ in 0..TRIES_MAX {
        let grant = wish.node.store().authorize_party::<Write>(wish.viewer, id).await?;
        if let Some(before) = wish.answered_before().await? {
            return Ok(before);
        }
        let mut append = begun(wish, id).await?;
        let recorded = put(&mut append, &grant)?;
        match wish.append(append, &Answer::new(id, Some(&recorded.receipt))).await {
            Err(AppendError::Conflict) => {}
            other => return finish(other),
        }
    }
    Err(too_many_conflicts())
}

/// Changes what an administrator alone may change.
pub(super) async fn administer(
    wish: Wish<'_>,
    id: &PartyId,
    put: Put<'_, Administer>,
) -> Result<Answer, Problem> {
    for _ in 0..TRIES_MAX {
        let grant = wish.node.store().authorize_party::<Administer>(wish.viewer, id).await?;
        if let Some(before) = wish.answered_before().await? {
            return Ok(before);
        }
        let mut append = begun(wish, id).await?;
        let recorded = put(&mut append, &grant)?;
        match wish.append(append, &Answer::new(id, Some(&recorded.receipt))).await {
            Err(AppendError::Conflict) => {}
            other => return finish(other),
        }
    }
    Err(too_many_conflicts())
}

pub(super) async fn begun(wish: Wish<'_>, id: &PartyId) -> Result<Append, StoreError> {
    let version = wish.node.store().party_version(wish.viewer, id).await?;
    let append = Append::new(wish.viewer, wish.node.now());
    Ok(append.expect_version(Stream::Party(id.clone()), version))
}

/// Changes what a person may do.
///
/// # Errors
/// 404 unless the caller keeps the person's account.
pub async fn change_duties(
    wish: Wish<'_>,
    id: &PartyId,
    duties: &BTreeSet<Duty>,
) -> Result<Answer, Problem> {
    administer(wish, id, &|append, grant| {
        Ok(append.administer(grant, PartyEvent::DutiesChanged { duties: duties.clone() }))
    })
    .await
}

/// Opens an account for a person who has none.
///
/// # Errors
/// A login or password that cannot be; 404 unless the caller keeps accounts.
pub async fn open_account(
    wish: Wish<'_>,
    id: &PartyId,
    login: &str,
    password: &str,
) -> Result<Answer, Problem> {
    wish.node.store().authorize_party::<Administer>(wish.viewer, id).await?;
    check_login(login)?;
    check_password(password)?;
    let phc = wish.node.passwords().hash(password.to_owned()).await?;
    administer(wish, id, &|append, grant| {
        let opened =
            append.administer(grant, PartyEvent::AccountOpened { login: login.to_owned() });
        append.administer(grant, password_set());
        append.secret(grant, Kept::Password { phc: phc.clone() });
        Ok(opened)
    })
    .await
}

/// Closes an account; its sessions and tokens are void at once.
///
/// # Errors
/// 404 unless the caller keeps the person's account.
pub async fn close_account(wish: Wish<'_>, id: &PartyId, reason: &str) -> Result<Answer, Problem> {
    administer(wish, id, &|append, grant| {
        Ok(append.administer(grant, PartyEvent::AccountClosed { reason: reason.to_owned() }))
    })
    .await
}

/// Sets a password. Every session of the person ends.
///
/// # Errors
/// A password that cannot be; 404 for another's unless the caller keeps the account.
pub async fn set_password(wish: Wish<'_>, id: &PartyId, password: &str) -> Result<Answer, Problem> {
    wish.node.store().authorize_party::<Write>(wish.viewer, id).await?;
    check_password(password)?;
    let phc = wish.node.passwords().hash(password.to_owned()).await?;
    write(wish, id, &|append, grant| {
        append.secret(grant, Kept::Password { phc: phc.clone() });
        Ok(append.party(grant, password_set()))
    })
    .await
}

/// Checks a person's own password, as before changing it.
///
/// # Errors
/// `login_failed` if it is another.
pub async fn confirm_password(wish: Wish<'_>, password: &str) -> Result<(), Problem> {
    let me = wish.viewer.party().ok_or_else(Problem::not_found)?;
    let login = wish.node.store().party(wish.viewer, me).await?.login.unwrap_or_default();
    let account = wish.node.store().account(&login).await?;
    let phc = account.map(|account| account.phc().to_owned());
    if wish.node.passwords().verify(phc, password.to_owned()).await? {
        return Ok(());
    }
    Err(Problem::new("login_failed", "this is not your password", "type your present password"))
}

/// Makes a bearer token. It is returned once: the same request again has the same answer, without
/// the token, since only its digest is kept.
///
/// # Errors
/// `taken` if a token has this label; a label that cannot be.
pub async fn make_token(
    wish: Wish<'_>,
    id: &PartyId,
    label: &str,
    expires_at: Option<Timestamp>,
) -> Result<(Answer, Option<Secret>), Problem> {
    plain_text("/label", label)?;
    if expires_at.is_some_and(|at| at <= wish.node.now()) {
        return Err(Problem::field("/expires_at", "the token would have expired already"));
    }
    let token = Secret::draw(TOKEN_PREFIX);
    let receipts = Mutex::new(Vec::new());
    let answer = write(wish, id, &|append, grant| {
        let digest = SecretDigest::of(token.reveal());
        append.secret(grant, Kept::Token { digest, label: label.to_owned(), expires_at });
        let credential = CredentialKind::Token;
        let label = label.to_owned();
        let set = append.party(grant, PartyEvent::CredentialSet { credential, label, expires_at });
        let mut receipts = receipts.lock().unwrap_or_else(PoisonError::into_inner);
        receipts.push(Some(set.receipt.to_string()));
        Ok(set)
    })
    .await?;
    let receipts = receipts.into_inner().unwrap_or_else(PoisonError::into_inner);
    let made_now = receipts.contains(&answer.receipt);
    Ok((answer, made_now.then_some(token)))
}

/// Takes a bearer token back; it is void at once.
///
/// # Errors
/// 404 if there is no such token.
pub async fn revoke_token(wish: Wish<'_>, id: &PartyId, label: &str) -> Result<Answer, Problem> {
    let grant = wish.node.store().authorize_party::<Write>(wish.viewer, id).await?;
    if let Some(before) = wish.answered_before().await? {
        return Ok(before);
    }
    let tokens = wish.node.store().tokens(&grant).await?;
    if !tokens.iter().any(|token| token.label == label) {
        return Err(Problem::not_found());
    }
    write(wish, id, &|append, grant| {
        let credential = CredentialKind::Token;
        let label = label.to_owned();
        Ok(append.party(grant, PartyEvent::CredentialRevoked { credential, label }))
    })
    .await
}

/// Says how notices reach a person on a channel. The address is kept beside the event.
///
/// # Errors
/// `field_invalid` for an unknown channel or an address that cannot be one.
pub async fn set_address(
    wish: Wish<'_>,
    id: &PartyId,
    channel: &str,
    address: &str,
) -> Result<Answer, Problem> {
    if !CHANNELS.contains(&channel) {
        return Err(Problem::not_found());
    }
    plain_text("/address", address)?;
    let fits = match channel {
        "mail" => address.contains('@') && !address.contains(char::is_whitespace),
        _ => address.starts_with("https://") || address.starts_with("http://"),
    };
    if !fits {
        let detail = format!("`{address}` is no address for the channel `{channel}`");
        return Err(Problem::field("/address", detail));
    }
    let salt = random::<32>();
    write(wish, id, &|append, grant| {
        let digest = AnnexDigest::of(&salt, address.as_bytes());
        let channel = channel.to_owned();
        let set = append.party(grant, PartyEvent::AddressSet { channel, address: digest });
        append.annex(&set, ADDRESS, salt, address.as_bytes().to_vec());
        Ok(set)
    })
    .await
}

/// Sets language and time zone of a person's pages and notices. Without a zone, pages have that of
/// the browser, and notices UTC.
///
/// # Errors
/// `field_invalid` for a language or a zone that is not known.
pub async fn set_preferences(
    wish: Wish<'_>,
    id: &PartyId,
    language: &str,
    time_zone: &str,
) -> Result<Answer, Problem> {
    if !matches!(language, "en" | "zh-CN") {
        return Err(Problem::field("/language", "the language must be `en` or `zh-CN`"));
    }
    if !time_zone.is_empty() && jiff::tz::TimeZone::get(time_zone).is_err() {
        let detail = format!("`{time_zone}` is no time zone such as `Asia/Shanghai`");
        return Err(Problem::field("/time_zone", detail));
    }
    write(wish, id, &|append, grant| {
        let (language, time_zone) = (language.to_owned(), time_zone.to_owned());
        Ok(append.party(grant, PartyEvent::PreferencesChanged { language, time_zone }))
    })
    .await
}

/// Says what an organization is by law.
///
/// # Errors
/// `role_unknown`, `attribute_invalid`; 404 unless the caller keeps its accounts.
pub async fn change_profile(
    wish: Wish<'_>,
    id: &PartyId,
    profile: &Profile,
) -> Result<Answer, Problem> {
    organization(wish, id).await?;
    check_profile(profile, wish.node.law())?;
    administer(wish, id, &|append, grant| {
        Ok(append.administer(grant, PartyEvent::ProfileChanged(profile.clone())))
    })
    .await
}

/// Says who is told in what order.
///
/// # Errors
/// `field_invalid` for somebody who is no person of the organization with an account.
pub async fn set_chain(wish: Wish<'_>, id: &PartyId, chain: &Chain) -> Result<Answer, Problem> {
    organization(wish, id).await?;
    for person in chain_people(chain) {
        let found = wish.node.store().party(&keeper(), &person).await;
        let fits = found.is_ok_and(|row| row.account_open && row.organization.as_ref() == Some(id));
        if !fits {
            let detail = format!("`{person}` is no person of the organization with an account");
            return Err(Problem::field("", detail));
        }
    }
    administer(wish, id, &|append, grant| {
        Ok(append.administer(grant, PartyEvent::ChainSet(chain.clone())))
    })
    .await
}

/// Checks that the caller keeps `id`, and that it is an organization.
pub(super) async fn organization(wish: Wish<'_>, id: &PartyId) -> Result<(), Problem> {
    wish.node.store().authorize_party::<Administer>(wish.viewer, id).await?;
    match wish.node.store().party(wish.viewer, id).await?.kind {
        PartyKind::Organization => Ok(()),
        PartyKind::Person => Err(Problem::not_found()),
    }
}

/// Sends the caller a notice, to see whether notices arrive.
///
/// # Errors
/// 404 for another person.
pub async fn test_notice(wish: Wish<'_>, id: &PartyId) -> Result<Answer, Problem> {
    let store = wish.node.store();
    let grant = store.authorize_party::<Write>(wish.viewer, id).await?;
    if let Some(before) = wish.answered_before().await? {
        return Ok(before);
    }
    let now = wish.node.now();
    let mut append = Append::new(wish.viewer, now);
    let notice = Notice::test(id, &hex(&random::<8>()));
    for notice in decision::on_channels(wish.node, &notice, now).await? {
        append.test_notice(&grant, notice);
    }
    finish(wish.append(append, &Answer::new(&notice.id, None)).await)
}

pub(super) fn plain_text(pointer: &str, text: &str) -> Result<(), Problem> {
    let fits = !text.trim().is_empty() && text.chars().count() <= TEXT_CHARS_MAX;
    if fits && !text.chars().any(char::is_control) {
        return Ok(());
    }
    let detail = format!("it must have 1 to {TEXT_CHARS_MAX} characters on one line");
    Err(Problem::field(pointer, detail))
}
