//! What is done to signed keys, whoever holds them (contract §8.2–8.6).

use actix_web::{HttpRequest, HttpResponse};
use portcullis_service_accounts::{
    AmendSigned, DeleteSigned, IssueSigned, KeyOrder, KeyOwner, SignedKeyError,
};

use crate::dialects::barong::owner::Owner;
use crate::dialects::barong::refusal::Words;
use crate::dialects::barong::wire::{Answer, ApiKey, KeyChange, NewKey, Paging, created, ok};
use crate::dialects::barong::{Barong, DOOR};
use crate::middleware::Origin;

/// Who asks about the keys of the account itself, or of a service account.
pub(super) fn key_owner(owner: Owner, service: Option<String>, origin: &Origin) -> KeyOwner {
    KeyOwner { company: owner.company, account: owner.account, service, client: origin.client(DOOR) }
}

impl Barong {
    pub(super) async fn list_keys(
        &self,
        owner: KeyOwner,
        order: KeyOrder,
        paging: Paging,
        request: &HttpRequest,
    ) -> Answer {
        let app = self.app.clone();
        let work = async move {
            let found = app.services.keys(&owner, order, paging.request()).await?;
            found.ok_or(SignedKeyError::NoService)
        };
        let page = self.run("barong.list_keys", Words::NONE, work).await?;
        Ok(paging.answer(request, page, |key| ApiKey::new(&key)))
    }

    /// Its owner is told by mail.
    pub(super) async fn issue_key(
        &self,
        caller: Owner,
        owner: KeyOwner,
        key: NewKey,
        words: Words,
    ) -> Answer {
        let (app, account) = (self.app.clone(), self.account(caller).await?);
        let command = IssueSigned {
            owner,
            company_slug: self.company().await?.slug.clone(),
            email: account.email.map(|email| email.value),
            algorithm: key.algorithm,
            scopes: key.scopes,
            code: key.code,
        };
        let work = async move { app.services.issue(command).await };
        let key = self.run("barong.issue_key", words, work).await?;
        Ok(created(ApiKey::issued(&key)))
    }

    pub(super) async fn amend_key(
        &self,
        owner: KeyOwner,
        kid: String,
        change: KeyChange,
        words: Words,
    ) -> Answer {
        let KeyChange { code, scopes, state } = change;
        let (app, command) = (self.app.clone(), AmendSigned { owner, kid, scopes, state, code });
        let work = async move { app.services.amend(command).await };
        let key = self.run("barong.amend_key", words, work).await?;
        Ok(ok(ApiKey::new(&key)))
    }

    pub(super) async fn delete_key(
        &self,
        owner: KeyOwner,
        kid: String,
        code: String,
        words: Words,
    ) -> Answer {
        let (app, command) = (self.app.clone(), DeleteSigned { owner, kid, code });
        self.run("barong.delete_key", words, async move { app.services.delete(command).await }).await?;
        Ok(HttpResponse::NoContent().finish())
    }
}
