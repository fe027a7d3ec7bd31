//! Pages of lists (contract §3.3).

use std::borrow::Cow;

use actix_web::http::header::LINK;
use actix_web::{HttpRequest, HttpResponse};
use portcullis_kernel::{Page, PageRequest};
use serde::Serialize;
use url::form_urlencoded;

use super::params::{Found, Params};
use crate::dialects::barong::refusal::Refusal;

const MAX_LIMIT: i64 = 100;

/// Which page a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    page: u32,
    limit: u32,
}

impl Paging {
    /// Reads `page` and `limit`; absent or empty ones are 1 and 100.
    ///
    /// # Errors
    /// 422 with keys of their own, without a class.
    pub fn read(params: &Params) -> Result<Self, Refusal> {
        let mut errors: Vec<Cow<'static, str>> = Vec::new();
        let page = number(params, "page", 1).unwrap_or_else(|()| {
            errors.push("non_integer_page".into());
            0
        });
        if page < 1 {
            errors.push("non_positive_page".into());
        }
        let limit = number(params, "limit", MAX_LIMIT).unwrap_or_else(|()| {
            errors.push("non_integer_limit".into());
            0
        });
        if !(1..=MAX_LIMIT).contains(&limit) {
            errors.push("invalid_limit".into());
        }
        let whole = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        if errors.is_empty() {
            Ok(Self { page: whole(page), limit: whole(limit) })
        } else {
            Err(Refusal::keys(422, errors))
        }
    }

    /// What to ask the store for.
    pub fn request(self) -> PageRequest {
        PageRequest::new(self.page, self.limit)
    }

    /// 200 with the items, and headers that say where they are. Past the end there are none.
    pub fn answer<T, U: Serialize>(
        self,
        request: &HttpRequest,
        page: Page<T>,
        render: impl FnMut(T) -> U,
    ) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        answer.insert_header(("Total", page.total.to_string()));
        answer.insert_header(("Per-Page", self.limit.to_string()));
        answer.insert_header(("Page", self.page.to_string()));
        let links = self.links(request, page.total);
        if !links.is_empty() {
            answer.insert_header((LINK, links.join(", ")));
        }
        answer.json(page.items.into_iter().map(render).collect::<Vec<U>>())
    }

    fn links(self, request: &HttpRequest, total: u64) -> Vec<String> {
        let last = u32::try_from(total.div_ceil(u64::from(self.limit))).unwrap_or(u32::MAX);
        let mut links = Vec::new();
        if self.page > 1 {
            links.push(link(request, "first", 1));
            links.push(link(request, "prev", self.page - 1));
        }
        if self.page < last {
            links.push(link(request, "last", last));
            links.push(link(request, "next", self.page + 1));
        }
        links
    }
}

/// The same request for another page.
fn link(request: &HttpRequest, relation: &str, page: u32) -> String {
    let connection = request.connection_info();
    let mut query = form_urlencoded::Serializer::new(String::new());
    let given = form_urlencoded::parse(request.query_string().as_bytes());
    query.extend_pairs(given.filter(|(name, _)| name != "page"));
    query.append_pair("page", &page.to_string());
    let (scheme, host) = (connection.scheme(), connection.host());
    format!("<{scheme}://{host}{}?{}>; rel=\"{relation}\"", request.path(), query.finish())
}

fn number(params: &Params, name: &str, default: i64) -> Result<i64, ()> {
    match params.find(name) {
        Found::Absent | Found::Null => Ok(default),
        Found::Text(text) if text.is_empty() => Ok(default),
        Found::Text(text) => text.trim().parse().ok().ok_or(()),
        Found::Other => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<(u32, u32), String> {
        let paging = Paging::read(&Params::from_query(query));
        paging.map(|paging| (paging.page, paging.limit)).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn numbers_have_defaults_and_bounds() {
        assert_eq!(read(""), Ok((1, 100)));
        assert_eq!(read("page=&limit="), Ok((1, 100)));
        assert_eq!(read("page=3&limit=7"), Ok((3, 7)));
        assert_eq!(read("page=abc"), Err("non_integer_page, non_positive_page".to_owned()));
        assert_eq!(read("page=0&limit=101"), Err("non_positive_page, invalid_limit".to_owned()));
        assert_eq!(read("limit=x"), Err("non_integer_limit, invalid_limit".to_owned()));
    }
}
