//! Who signs in, and until when.

use jiff::{SignedDuration, Timestamp};
use watchfire_core::event::{CredentialKind, PartyEvent, Stream};
use watchfire_store::policy::Write;
use watchfire_store::{
    Append, SESSION_HOURS_MAX, SESSION_IDLE_MINUTES_MAX, Secret, StoreError, Viewer,
};

use crate::engine::engines;
use crate::house::{House, keeper, token_secret, token_set};

fn after(now: Timestamp, minutes: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_mins(minutes)).expect("in range")
}

async fn with_password(house: &House, login: &str) -> Viewer {
    let viewer = house.person(login, &[]).await;
    let id = viewer.party().expect("the store answers").clone();
    let own = house.store.authorize_party::<Write>(&viewer, &id).await.expect("the store answers");
    let version = house.store.party_version(&viewer, &id).await.expect("the store answers");
    let mut append =
        Append::new(&viewer, house.now).expect_version(Stream::Party(id.clone()), version);
    let (credential, label) = (CredentialKind::Password, String::new());
    append.party(&own, PartyEvent::CredentialSet { credential, label, expires_at: None });
    append.secret(&own, Secret::Password { phc: "$argon2id$fictional".into() });
    house.store.append(append).await.expect("the store answers");
    viewer
}

#[tokio::test]
async fn a_session_ends_when_idle_when_old_and_when_closed() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = with_password(&house, "eva").await;
        let store = &house.store;
        assert!(store.account("nobody").await.unwrap().is_none());
        let account = store.account("eva").await.unwrap().unwrap();
        assert_eq!((account.party(), account.phc()), (eva.party().unwrap(), "$argon2id$fictional"));
        let session = store.open_session(&account, house.now).await.unwrap();
        let who = async |now| store.viewer_of_session(session.as_str(), now).await.unwrap();
        let idle = SESSION_IDLE_MINUTES_MAX;

        assert_eq!(who(after(house.now, idle - 1)).await, Some(eva.clone()));
        // That use counts: it is idle only from then on.
        assert_eq!(who(after(house.now, 2 * idle - 2)).await, Some(eva.clone()));
        assert_eq!(who(after(house.now, 3 * idle - 2)).await, None, "idle for exactly the limit");
        let mut now = house.now;
        let old = after(house.now, SESSION_HOURS_MAX * 60);
        let session = store.open_session(&account, now).await.unwrap();
        while now < old {
            assert!(store.viewer_of_session(session.as_str(), now).await.unwrap().is_some());
            now = after(now, idle - 1);
        }
        assert!(store.viewer_of_session(session.as_str(), old).await.unwrap().is_none());

        let session = store.open_session(&account, house.now).await.unwrap();
        store.close_session(session.as_str()).await.unwrap();
        assert!(store.viewer_of_session(session.as_str(), house.now).await.unwrap().is_none());
        let grant = house.node_grant().await;
        assert_eq!(store.forget_sessions(&grant, old).await.unwrap(), 2);
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_closed_account_has_no_session_no_token_and_sees_nothing() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = with_password(&house, "eva").await;
        let opened = house.opened_case(&[&eva]).await;
        let account = house.store.account("eva").await.unwrap().unwrap();
        let session = house.store.open_session(&account, house.now).await.unwrap();
        let closed = PartyEvent::AccountClosed { reason: "left".into() };
        house.administer(eva.party().unwrap(), closed).await;
        let store = &house.store;
        assert!(store.viewer_of_session(session.as_str(), house.now).await.unwrap().is_none());
        assert!(store.viewer_of_token("token of eva", house.now).await.unwrap().is_none());
        assert!(store.account("eva").await.unwrap().is_none());
        assert!(store.case(&eva, &opened.case).await.is_err(), "a viewer of before sees no more");
        let dump = engine.beside().await.dump().await;
        for table in ["sessions", "tokens", "passwords"] {
            assert!(dump[table].is_empty(), "{table}");
        }
        house.store.close().await;
    }
}

#[tokio::test]
async fn tokens_are_kept_as_digests_and_are_good_until_revoked() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let id = eva.party().unwrap().clone();
        let own = house.store.authorize_party::<Write>(&eva, &id).await.unwrap();
        let listed = house.store.tokens(&own).await.unwrap();
        assert_eq!((listed.len(), listed[0].label.as_str()), (1, "command line"));
        assert_eq!(listed[0].last_used_at, Some(house.now));
        let dump = format!("{:?}", engine.beside().await.dump().await);
        assert!(!dump.contains("token of eva"));

        let stream = Stream::Party(id.clone());
        let mut append = Append::new(&eva, house.now).expect_version(stream.clone(), 3);
        append.party(&own, token_set());
        append.secret(&own, token_secret("another"));
        let twice = house.store.append(append).await;
        assert!(matches!(twice, Err(StoreError::Taken(_))), "the label is taken: {twice:?}");

        let mut append = Append::new(&eva, house.now).expect_version(stream, 3);
        let (credential, label) = (CredentialKind::Token, "command line".to_owned());
        append.party(&own, PartyEvent::CredentialRevoked { credential, label });
        house.store.append(append).await.unwrap();
        let gone = house.store.viewer_of_token("token of eva", house.now).await.unwrap();
        assert!(gone.is_none());
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_login_belongs_to_one() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        house.person("eva", &[]).await;
        let grant = house.store.authorize_new_party(&keeper()).await.unwrap();
        let mut append = Append::new(&keeper(), house.now);
        let (name, organization, duties) = ("Eva".to_owned(), None, Default::default());
        append.administer(&grant, PartyEvent::PersonRegistered { name, organization, duties });
        append.administer(&grant, PartyEvent::AccountOpened { login: "eva".into() });
        let taken = house.store.append(append).await;
        assert!(matches!(taken, Err(StoreError::Taken("the login"))), "{taken:?}");
        house.store.close().await;
    }
}

#[tokio::test]
async fn the_sign_of_life_and_the_watermark_never_go_back() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let grant = house.node_grant().await;
        let read = house.store.authorize_node(&keeper()).await.unwrap();
        let store = &house.store;
        assert_eq!(store.last_beat(&read).await.unwrap(), None);
        assert_eq!(store.watermark(&read).await.unwrap(), house.now, "the last entry");
        store.beat(&grant, "a", after(house.now, 5)).await.unwrap();
        store.beat(&grant, "a", after(house.now, 3)).await.unwrap();
        store.beat(&grant, "b", after(house.now, 4)).await.unwrap();
        assert_eq!(store.last_beat(&read).await.unwrap(), Some(after(house.now, 5)));
        assert_eq!(store.watermark(&read).await.unwrap(), after(house.now, 5));
        store.ping().await.unwrap();
        house.store.close().await;
    }
}
