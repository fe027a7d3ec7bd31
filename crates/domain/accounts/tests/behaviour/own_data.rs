use portcullis_accounts::{ReplaceDataError, SignUpFault};
use portcullis_conformance::build;
use portcullis_kernel::AuditAction;

use crate::stage::Stage;

#[tokio::test]
async fn data_is_replaced_whatever_happened_to_the_account_meanwhile() {
    let stage = Stage::new().await;
    let ada = stage.add(stage.ada()).await;
    for data in ["{}", "[1]"] {
        stage.accounts.replace_data(ada.clone(), data.to_owned(), build::client()).await.unwrap();
        assert_eq!(stage.world.account(&ada).await.data.as_deref(), Some(data));
        assert_eq!(stage.last_event().action, AuditAction::AccountChanged);
    }
}

#[tokio::test]
async fn what_is_no_json_replaces_nothing() {
    let stage = Stage::new().await;
    let ada = stage.add(stage.ada()).await;
    let refused = stage.accounts.replace_data(ada.clone(), "{".repeat(1_025), build::client()).await;
    let Err(ReplaceDataError::Refused(faults)) = refused else { panic!("it was replaced") };
    assert_eq!(faults, [SignUpFault::DataInvalid, SignUpFault::DataTooLong]);
    assert_eq!(stage.world.account(&ada).await.data, None);
}
