//! SMS handed to a webhook.
