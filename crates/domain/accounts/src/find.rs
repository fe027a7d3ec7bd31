//! Look up accounts.

use portcullis_kernel::{AccountId, CompanyId, Identifier, Page, PageRequest, PortResult, Uid};

use crate::{Account, Accounts, Company};

impl Accounts {
    /// The account of the company that `typed` names: an id, an e-mail address, a mobile number, a handle or a
    /// username, tried in this order. A username never shadows another account's handle.
    pub async fn find(&self, company: CompanyId, typed: &str) -> PortResult<Option<Account>> {
        if let Some(uid) = as_uid(typed)
            && let Some(account) = self.ports.accounts.find_by_uid(uid).await?
            && account.company == company
        {
            return Ok(Some(account));
        }
        self.ports.accounts.find(company, Identifier::candidates(typed)).await
    }

    /// The accounts of a company, oldest first.
    pub async fn list(&self, company: CompanyId, page: PageRequest) -> PortResult<Page<Account>> {
        self.ports.accounts.list(company, page).await
    }

    /// The account that one of the identifiers names; the same look-up for a company that does not exist.
    pub(crate) async fn named_in(
        &self,
        company: Option<&Company>,
        identifiers: Vec<Identifier>,
    ) -> PortResult<Option<Account>> {
        let company = company.map_or_else(|| self.ports.ambient.fresh(), |company| company.id);
        self.ports.accounts.find(company, identifiers).await
    }

    pub(crate) async fn by_id(&self, company: CompanyId, id: AccountId) -> PortResult<Option<Account>> {
        self.ports.accounts.find(company, vec![Identifier::Id(id)]).await
    }
}

/// The text as a handle, if it looks like one: 2 to 6 capitals and ten upper-case hexadecimal digits. No such text
/// is an id, an e-mail address or a mobile number.
fn as_uid(typed: &str) -> Option<Uid> {
    let typed = typed.trim();
    let (prefix, digits) = typed.split_at_checked(typed.len().checked_sub(10)?)?;
    let looks_like_one = (2..=6).contains(&prefix.len())
        && prefix.bytes().all(|b| b.is_ascii_uppercase())
        && digits.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b));
    looks_like_one.then(|| Uid::from_text(typed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_recognised_by_their_shape() {
        for handle in ["ID0123456789", " SHOPAB12345678 ", "IDABCDEF0123"] {
            assert_eq!(as_uid(handle), Some(Uid::from_text(handle.trim())), "{handle}");
        }
        for other in
            ["", "ada", "id0123456789", "ID012345678", "ID012345678G", "TOOLONGX0123456789", "ééééééééé"]
        {
            assert_eq!(as_uid(other), None, "{other}");
        }
    }
}
