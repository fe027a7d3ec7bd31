//! Swagger 2.0 out of OpenAPI 3.1, as far as this door's document goes (contract §8.11): clients of Barong read the older
//! form. Definitions are named as theirs, `API_V2_Entities_…`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

const PREFIX: &str = "API_V2_Entities_";
const VERBS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The paths of an OpenAPI document that begin with `{root}/{part}/`, as a Swagger document whose base path is `root`.
pub fn convert(openapi: &Value, root: &str, part: &str) -> Value {
    let mut paths = Map::new();
    for (path, item) in members(at(openapi, "paths")) {
        let below = path.strip_prefix(root).filter(|below| is_below(below, part));
        if let Some(below) = below {
            paths.insert(below.to_owned(), path_item(item, openapi));
        }
    }
    let tags: BTreeSet<String> =
        operations(&paths).flat_map(|operation| texts(at(operation, "tags"))).collect();
    let tags: Vec<Value> = tags.iter().map(|tag| json!({ "name": tag })).collect();
    let info = at(openapi, "info");
    let token =
        json!({ "type": "apiKey", "name": "Authorization", "in": "header", "description": "Bearer <jwt>" });
    json!({
        "swagger": "2.0",
        "info": {
            "title": at(info, "title"),
            "description": at(info, "description"),
            "version": at(info, "version"),
        },
        "basePath": root,
        "produces": ["application/json"],
        "securityDefinitions": { "BearerToken": token },
        "tags": tags,
        "definitions": definitions(&paths, openapi),
        "paths": paths,
    })
}

fn is_below(path: &str, part: &str) -> bool {
    path.trim_start_matches('/').split('/').next() == Some(part)
}

fn path_item(item: &Value, openapi: &Value) -> Value {
    let verbs = members(item).filter(|(verb, _)| VERBS.contains(&verb.as_str()));
    Value::Object(verbs.map(|(verb, found)| (verb.clone(), operation(found, openapi))).collect())
}

fn operation(found: &Value, openapi: &Value) -> Value {
    let mut operation = Map::new();
    for name in ["tags", "summary", "description", "operationId"] {
        if let Some(value) = found.get(name) {
            operation.insert(name.to_owned(), value.clone());
        }
    }
    let mut parameters: Vec<Value> = list(at(found, "parameters")).map(parameter).collect();
    let body = members(at(at(found, "requestBody"), "content")).next();
    if let Some((media_type, content)) = body {
        operation.insert("consumes".to_owned(), json!([media_type]));
        parameters.extend(form(resolve(at(content, "schema"), openapi)));
    }
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), Value::Array(parameters));
    }
    let responses = members(at(found, "responses")).map(|(code, found)| (code.clone(), response(found)));
    operation.insert("responses".to_owned(), Value::Object(responses.collect()));
    if list(at(found, "security")).next().is_some() {
        operation.insert("security".to_owned(), json!([{ "BearerToken": [] }]));
    }
    Value::Object(operation)
}

/// A parameter says itself what it is, not by a schema.
fn parameter(found: &Value) -> Value {
    let mut parameter = Map::new();
    for (name, value) in members(found) {
        if name == "schema" {
            parameter.extend(as_object(schema(value)));
        } else {
            parameter.insert(name.clone(), value.clone());
        }
    }
    Value::Object(parameter)
}

/// The members of a form, as parameters of their own.
fn form(found: &Value) -> Vec<Value> {
    let required = texts(at(found, "required"));
    let fields = members(at(found, "properties")).map(|(name, value)| {
        let mut field = as_object(schema(value));
        field.insert("name".to_owned(), json!(name));
        field.insert("in".to_owned(), json!("formData"));
        field.insert("required".to_owned(), json!(required.contains(name)));
        Value::Object(field)
    });
    fields.collect()
}

fn response(found: &Value) -> Value {
    let mut response = json!({ "description": at(found, "description") });
    if let (Some(content), Some(response)) =
        (at(found, "content").get("application/json"), response.as_object_mut())
    {
        response.insert("schema".to_owned(), schema(at(content, "schema")));
    }
    response
}

/// Every schema that the paths refer to, and those that these refer to.
fn definitions(paths: &Map<String, Value>, openapi: &Value) -> Map<String, Value> {
    let mut found = Map::new();
    let mut wanted = references(&Value::Object(paths.clone()));
    while let Some(name) = wanted.pop() {
        if found.contains_key(&name) {
            continue;
        }
        let original = name.strip_prefix(PREFIX).unwrap_or(&name);
        let definition = schema(at(schemas(openapi), original));
        wanted.extend(references(&definition));
        found.insert(name, definition);
    }
    found
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(object) => {
            let own = object.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
            own.map(str::to_owned).into_iter().chain(object.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// What may be `null` becomes what it is otherwise, with `x-nullable`: the older form knows one type only.
fn schema(found: &Value) -> Value {
    if let Some(reference) = at(found, "$ref").as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return json!({ "$ref": format!("#/definitions/{PREFIX}{name}") });
    }
    let mut made = Map::new();
    for (name, value) in members(found) {
        match name.as_str() {
            "type" => {
                let types = texts(value).into_iter().filter(|kind| kind != "null").collect::<Vec<_>>();
                if value.is_array() {
                    made.insert("x-nullable".to_owned(), json!(true));
                }
                made.extend(types.first().map(|kind| ("type".to_owned(), json!(kind))));
            }
            "oneOf" | "anyOf" => {
                let other = list(value).find(|choice| at(choice, "type") != "null");
                made.extend(as_object(other.map(schema).unwrap_or_default()));
            }
            "properties" => {
                let fields = members(value).map(|(name, value)| (name.clone(), schema(value)));
                made.insert("properties".to_owned(), Value::Object(fields.collect()));
            }
            "items" | "additionalProperties" if value.is_object() => {
                made.insert(name.clone(), schema(value));
            }
            "const" => drop(made.insert("enum".to_owned(), json!([value]))),
            "examples" | "propertyNames" | "prefixItems" => {}
            _ => drop(made.insert(name.clone(), value.clone())),
        }
    }
    Value::Object(made)
}

fn resolve<'a>(found: &'a Value, openapi: &'a Value) -> &'a Value {
    let name = at(found, "$ref").as_str().and_then(|reference| reference.rsplit('/').next());
    name.map_or(found, |name| at(schemas(openapi), name))
}

fn schemas(openapi: &Value) -> &Value {
    at(at(openapi, "components"), "schemas")
}

fn operations(paths: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    paths.values().flat_map(members).map(|(_, operation)| operation)
}

fn at<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A text or a list of texts.
fn texts(value: &Value) -> Vec<String> {
    let one = value.as_str().map(str::to_owned);
    one.into_iter().chain(list(value).filter_map(Value::as_str).map(str::to_owned)).collect()
}

fn as_object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One operation below the part, one beside it.
    fn openapi() -> Value {
        json!({
            "openapi": "3.1.0",
            "info": { "title": "T", "description": "D", "version": "1", "license": { "name": "MIT" } },
            "paths": {
                "/api/resource/keys/{kid}": {
                    "put": {
                        "tags": ["keys"],
                        "summary": "Changes a key.",
                        "operationId": "amend",
                        "parameters": [
                            { "name": "kid", "in": "path", "required": true, "schema": { "type": "string" } },
                            { "name": "page", "in": "query", "required": false,
                              "schema": { "type": ["integer", "null"], "format": "int32" } },
                        ],
                        "requestBody": { "content": { "application/x-www-form-urlencoded": {
                            "schema": { "$ref": "#/components/schemas/Form" } } } },
                        "responses": {
                            "200": { "description": "Done", "content": { "application/json": {
                                "schema": { "type": "array", "items": { "$ref": "#/components/schemas/Key" } } } } },
                            "204": { "description": "Nothing" },
                        },
                        "security": [{ "jwt": [] }, { "cookie": [] }],
                    },
                },
                "/api/resources": { "get": { "tags": ["other"], "responses": {} } },
                "/api/identity/ping": { "get": { "tags": ["other"], "responses": {} } },
            },
            "components": { "schemas": {
                "Form": { "type": "object", "required": ["code"], "properties": {
                    "code": { "type": "string", "description": "A code" },
                    "scope": { "type": ["string", "null"] },
                } },
                "Key": { "type": "object", "properties": {
                    "type": { "type": "string", "examples": ["a"] },
                    "owner": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Owner" }] },
                    "only": { "const": "x" },
                } },
                "Owner": { "type": "object" },
                "Unseen": { "type": "object" },
            } },
        })
    }

    #[test]
    fn what_is_below_the_part_is_kept_with_what_it_refers_to() {
        let swagger = convert(&openapi(), "/api", "resource");
        assert_eq!(swagger["swagger"], "2.0");
        assert_eq!(swagger["info"], json!({ "title": "T", "description": "D", "version": "1" }));
        assert_eq!(swagger["basePath"], "/api");
        assert_eq!(swagger["tags"], json!([{ "name": "keys" }]));
        let paths: Vec<&String> = members(&swagger["paths"]).map(|(path, _)| path).collect();
        assert_eq!(paths, ["/resource/keys/{kid}"]);
        let names: Vec<&String> = members(&swagger["definitions"]).map(|(name, _)| name).collect();
        assert_eq!(names, ["API_V2_Entities_Key", "API_V2_Entities_Owner"]);
    }

    #[test]
    fn parameters_say_themselves_what_they_are_and_forms_fall_apart() {
        let swagger = convert(&openapi(), "/api", "resource");
        let operation = &swagger["paths"]["/resource/keys/{kid}"]["put"];
        assert_eq!(operation["consumes"], json!(["application/x-www-form-urlencoded"]));
        assert_eq!(
            operation["parameters"],
            json!([
                { "name": "kid", "in": "path", "required": true, "type": "string" },
                { "name": "page", "in": "query", "required": false, "type": "integer", "format": "int32",
                  "x-nullable": true },
                { "name": "code", "in": "formData", "required": true, "type": "string", "description": "A code" },
                { "name": "scope", "in": "formData", "required": false, "type": "string", "x-nullable": true },
            ])
        );
        assert_eq!(operation["security"], json!([{ "BearerToken": [] }]));
    }

    #[test]
    fn schemas_have_one_type_and_refer_to_definitions() {
        let swagger = convert(&openapi(), "/api", "resource");
        let responses = &swagger["paths"]["/resource/keys/{kid}"]["put"]["responses"];
        let items = json!({ "$ref": "#/definitions/API_V2_Entities_Key" });
        assert_eq!(responses["200"]["schema"], json!({ "type": "array", "items": items }));
        assert_eq!(responses["204"], json!({ "description": "Nothing" }));
        assert_eq!(
            swagger["definitions"]["API_V2_Entities_Key"]["properties"],
            json!({
                "type": { "type": "string" },
                "owner": { "$ref": "#/definitions/API_V2_Entities_Owner" },
                "only": { "enum": ["x"] },
            })
        );
    }
}
