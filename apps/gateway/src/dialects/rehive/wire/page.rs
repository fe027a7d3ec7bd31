//! Pages of lists (contract §5.6).

use std::num::IntErrorKind;

use actix_web::HttpRequest;
use portcullis_kernel::{Page, PageRequest};
use serde::Serialize;
use url::form_urlencoded;

use super::Form;
use crate::dialects::rehive::refusal::Refusal;

const DEFAULT_SIZE: u32 = 15;

/// A slice of a list with links to its neighbours.
#[derive(Serialize)]
pub struct PageAnswer<T> {
    count: u64,
    next: Option<String>,
    previous: Option<String>,
    results: Vec<T>,
}

/// Which page a request asks for, and where from.
pub struct Paging {
    number: u32,
    size: u32,
    base: String,
    query: Vec<(String, String)>,
}

impl Paging {
    /// Reads `page` and `page_size`. A size that makes no sense falls back to 15, one beyond 250 to 250.
    ///
    /// # Errors
    /// 404 for a page number that is none.
    pub fn read(request: &HttpRequest) -> Result<Self, Refusal> {
        let mut form = Form::query(request.query_string());
        let number = match form.text("page", usize::MAX) {
            None => 1,
            Some(text) => text.parse().ok().filter(|number| *number > 0).ok_or_else(Refusal::not_found)?,
        };
        let size = form.text("page_size", usize::MAX).and_then(|text| size(&text));
        let connection = request.connection_info();
        let path = request.path().trim_end_matches('/');
        Ok(Self {
            number,
            size: size.unwrap_or(DEFAULT_SIZE).min(PageRequest::MAX_SIZE),
            base: format!("{}://{}{path}/", connection.scheme(), connection.host()),
            query: form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect(),
        })
    }

    /// What to ask the store for.
    pub fn request(&self) -> PageRequest {
        PageRequest::new(self.number, self.size)
    }

    /// The answer for the page that was found.
    ///
    /// # Errors
    /// 404 beyond the last page; the first one may be empty.
    pub fn answer<T, U>(&self, page: Page<T>, render: impl FnMut(T) -> U) -> Result<PageAnswer<U>, Refusal> {
        let past = u64::from(self.number - 1) * u64::from(self.size);
        if self.number > 1 && past >= page.total {
            return Err(Refusal::not_found());
        }
        let has_next = past + u64::from(self.size) < page.total;
        Ok(PageAnswer {
            count: page.total,
            next: has_next.then(|| self.link(self.number + 1)),
            previous: (self.number > 1).then(|| self.link(self.number - 1)),
            results: page.items.into_iter().map(render).collect(),
        })
    }

    /// The same request for another page; nothing in the query is a bare `/`.
    fn link(&self, number: u32) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.query.iter().filter(|(name, _)| name != "page"));
        query.append_pair("page", &number.to_string());
        format!("{}?{}", self.base, query.finish())
    }
}

/// A page size that makes sense, however large.
fn size(text: &str) -> Option<u32> {
    match text.parse() {
        Ok(0) => None,
        Ok(size) => Some(size),
        Err(error) => (*error.kind() == IntErrorKind::PosOverflow).then_some(PageRequest::MAX_SIZE),
    }
}
