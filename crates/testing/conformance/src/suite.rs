//! The list of cases, and the macro that makes tests of them.

/// Makes a test of every case. The argument is the path of an `async fn() -> World`; see the crate's documentation.
#[macro_export]
macro_rules! suite {
    ($fresh_world:path) => {
        $crate::__tests! { $fresh_world;
            access {
                reads_back_every_rule_oldest_first
                refuses_a_rule_that_exists
                of_many_restrictions_of_one_value_one_is_put_up
                takes_down_rules_of_the_company_only
                a_restriction_can_end_the_sessions_of_a_door
                a_company_is_given_its_first_permissions_once
                of_many_stockings_one_counts
                failing_writes_leave_nothing
                notes_effects_alone
                reads_back_a_whitelink
                keeping_a_whitelink_forgets_those_that_are_over
            }
            accounts {
                reads_back_every_field
                reads_back_every_state
                an_account_comes_with_the_secrets_of_its_contacts
                finds_an_account_by_each_identifier
                tries_identifiers_in_order
                finds_nothing_under_unknown_names
                folds_identifiers_and_keeps_their_spelling
                identifiers_belong_to_one_company
                finds_an_account_by_its_handle_in_any_company
                lists_accounts_oldest_first_in_pages
                refuses_taken_identifiers
                identifiers_of_a_deleted_account_stay_taken
                of_many_accounts_with_one_email_one_is_created
                of_many_first_accounts_one_is_created
                a_first_account_is_an_account_like_others
                a_failing_creation_leaves_nothing
                an_amendment_replaces_everything_but_the_password
                refuses_an_amendment_of_an_older_version
                refuses_an_amendment_of_an_account_that_is_gone
                of_many_amendments_of_one_version_one_is_written
                refuses_an_amendment_to_taken_identifiers
                an_account_may_respell_its_own_identifiers
                given_up_identifiers_are_free_again
                an_amendment_ends_the_sessions_of_its_sweep
                a_failing_amendment_leaves_nothing
            }
            api_keys {
                reads_back_every_field
                lists_the_holder_s_header_keys_oldest_first_then_by_id
                finds_a_key_and_its_holder_in_any_state
                a_found_key_shows_its_holder_as_it_is_now
                refuses_a_key_beyond_the_limit
                parallel_issues_never_pass_the_limit
                a_failing_issue_leaves_nothing
                deletes_a_key_of_the_holder_only
                of_many_deletions_of_one_key_one_counts
                a_failing_deletion_leaves_nothing
                the_last_use_only_moves_forward
                parallel_uses_keep_the_latest
            }
            audit {
                reads_back_every_field
                reads_back_every_action
                lists_entries_newest_first_in_pages
                filters_by_account_and_time
                filters_by_kind_and_outcome
                filters_by_detail
            }
            authenticators {
                reads_back_every_field
                lists_the_account_s_own_oldest_first
                enrolling_replaces_unverified_ones_of_its_kind
                a_failing_enrolment_leaves_nothing
                enrolling_keeps_the_code_that_is_sent
                an_exhausted_budget_enrols_nothing
                removes_an_authenticator_of_the_account_only
                of_many_removals_one_counts
                a_failing_removal_leaves_nothing
                the_latest_code_is_that_of_its_authenticator
                a_newer_code_voids_earlier_ones
                an_exhausted_budget_sends_no_code
                a_failing_code_leaves_nothing
                a_wrong_guess_counts_for_every_code_it_was_compared_with
                a_failing_count_leaves_nothing
            }
            budgets {
                allows_the_limit_and_refuses_the_next
                a_counter_ends_one_period_after_its_first_charge
                a_refused_charge_does_not_prolong_the_period
                an_exhausted_budget_stops_the_charges_of_all
                an_exhausted_budget_stops_the_clearing_of_others
                names_the_longest_wait
                clearing_forgets_the_counter
                what_is_charged_and_cleared_is_cleared
                counters_do_not_touch_each_other
                looking_does_not_spend
                a_hundred_parallel_guesses_never_outrun_the_limit
                a_failing_refusal_leaves_nothing
            }
            challenges {
                a_pending_sign_in_has_every_field
                a_challenge_is_found_under_its_purpose_only
                an_answer_opens_the_session_and_uses_the_challenge_up
                used_expired_and_unknown_challenges_open_nothing
                of_many_answers_to_one_challenge_one_opens
                a_failing_answer_leaves_the_challenge_open
                a_first_challenge_leaves_others_open
                a_following_challenge_replaces_the_earlier_ones
                used_and_expired_challenges_are_followed_by_nothing
                of_many_challenges_that_follow_one_one_is_kept
                an_exhausted_budget_halts_nothing
                halting_clears_its_budgets
                a_failing_halt_leaves_nothing
            }
            companies {
                reads_back_every_field
                finds_nothing_under_unknown_names
                lists_companies_oldest_first_in_pages
                refuses_a_taken_slug
                of_many_companies_with_one_slug_one_is_created
                a_failing_creation_leaves_nothing
                configuring_replaces_name_and_settings_only
                settings_return_to_their_defaults
                configuring_a_company_that_is_gone_writes_nothing
                a_failing_configuration_leaves_nothing
                reads_back_every_field_of_a_group
                a_company_comes_with_its_first_groups
                a_company_comes_with_its_founder
                a_founder_with_a_taken_handle_founds_nothing
                refuses_a_taken_group_name
                of_many_groups_with_one_name_one_is_added
                a_new_default_group_replaces_the_former
                many_new_default_groups_leave_one_default
                a_failing_group_leaves_nothing
            }
            confirmations {
                verifies_the_address_and_keeps_the_token
                a_token_confirms_once
                of_many_confirmations_with_one_token_one_counts
                only_pending_accounts_with_that_address_are_confirmed
                a_failing_confirmation_leaves_nothing
            }
            contacts {
                reads_back_every_field
                finds_a_token_under_its_purpose_only
                a_newer_secret_voids_those_of_its_account_purpose_and_target
                the_latest_code_is_the_newest_used_or_not
                an_exhausted_budget_refuses_a_secret
                parallel_requests_never_outrun_the_limit
                a_failing_issue_leaves_nothing
                confirming_verifies_the_contact_and_uses_the_secret_up
                a_secret_confirms_once
                of_many_confirmations_with_one_secret_one_counts
                replaced_expired_and_unknown_secrets_confirm_nothing
                a_contact_that_changed_is_not_verified
                a_respelled_contact_is_verified
                an_amendment_cannot_undo_a_verification_it_did_not_see
                a_failing_confirmation_leaves_nothing
                an_exhausted_budget_confirms_nothing
                a_confirmation_clears_its_budget
                counts_wrong_guesses_up_to_the_limit
                a_failing_count_leaves_nothing
            }
            derived_sessions {
                opens_a_session_with_its_refresh_token
                a_permanent_session_is_live_for_ever
                ends_the_origin_if_asked
                a_session_that_is_not_live_opens_nothing
                refuses_the_handle_of_another_session
                of_many_sessions_that_end_one_origin_one_opens
                a_failing_derivation_leaves_nothing
            }
            dossiers {
                reads_back_every_field
                nobody_has_an_empty_dossier
                an_account_has_a_number_once
                an_exhausted_budget_adds_no_phone
                a_failing_phone_leaves_nothing
                the_code_of_a_phone_is_the_newest_for_its_number
                a_code_validates_its_phone_once
                a_number_is_validated_by_one_account_of_a_company
                a_failing_validation_leaves_the_phone_unproved
                a_title_is_kept_once_whatever_its_case
                failing_data_is_not_kept
                one_profile_is_open_at_a_time
                a_draft_is_revised_as_it_was_read
                a_failing_revision_leaves_the_draft
                a_failing_profile_is_not_opened
            }
            factor_proofs {
                a_proof_is_accepted_once
                of_many_with_one_proof_one_is_accepted
                time_steps_only_go_forward
                recovery_codes_are_spent_by_position
                a_sent_code_is_used_up
                a_code_sent_to_one_phone_proves_nothing_of_another
                a_first_proof_can_verify_the_authenticator
                a_proof_does_not_verify_unless_asked
                an_authenticator_that_is_gone_proves_nothing
                another_account_s_authenticator_proves_nothing
                an_exhausted_budget_accepts_nothing
                an_accepted_proof_clears_its_budget
                a_failing_proof_leaves_nothing
            }
            labels {
                a_label_is_put_into_place_with_the_state_that_comes_of_it
                a_label_can_be_taken_away
                a_label_that_is_there_already_changes_nothing
                sessions_end_with_a_label_that_shuts_the_account
                an_amendment_cannot_undo_a_label_it_did_not_see
                of_many_labels_at_once_none_is_lost
                labels_of_an_account_that_is_gone_are_nobody_s
                a_failing_write_set_leaves_the_labels
            }
            leaving {
                leaving_writes_the_state_and_uses_the_secret_up
                a_leaver_keeps_when_the_deletion_was_first_asked_for
                leaving_ends_every_session_and_removes_every_key_of_the_account
                replaced_expired_foreign_and_unknown_secrets_let_nobody_leave
                an_account_in_another_state_does_not_leave
                of_many_who_leave_with_one_secret_one_does
                a_failing_departure_leaves_nothing
            }
            legal_terms {
                reads_back_every_field_by_number
                refuses_a_version_that_exists
                many_terms_get_numbers_of_their_own
                of_many_terms_of_one_version_one_is_added
                a_failing_addition_leaves_nothing
                an_account_accepts_terms_when_it_is_made
            }
            outbox {
                reads_back_every_field_of_a_message
                reads_back_every_event
                claims_due_messages_oldest_first
                a_lease_that_ran_out_is_claimed_again
                claimers_never_share_a_message
                an_expired_lease_goes_to_one_claimer
                a_sent_message_is_done
                a_deferred_message_is_due_later
                a_deferred_message_can_be_due_before_its_lease_ends
                a_dead_message_is_kept_and_never_claimed
                a_late_settlement_of_a_reclaimed_message_does_nothing
                a_late_settlement_of_a_message_nobody_reclaimed_counts
                settled_and_unknown_messages_are_not_settled_again
                of_many_settlements_of_one_attempt_one_counts
                lists_messages_newest_first_by_status_in_pages
                requeues_a_dead_or_waiting_message_with_attempts_from_zero
                sent_and_unknown_messages_are_not_requeued
                requeues_every_dead_message_at_once
            }
            passwords {
                replaces_the_password_and_nothing_else
                sets_a_first_password
                refuses_a_change_from_another_hash
                refuses_to_change_a_password_that_is_not_there
                an_operator_needs_no_former_hash
                refuses_to_set_the_password_of_nobody
                of_many_changes_from_one_hash_one_is_written
                a_change_voids_reset_and_new_password_secrets
                a_change_ends_the_sessions_of_its_sweep
                an_exhausted_budget_refuses_even_the_right_hash
                a_change_clears_its_budget
                a_failing_change_leaves_nothing
                counts_wrong_passwords_up_to_the_limit
                parallel_wrong_passwords_never_outrun_the_limit
                a_failing_count_leaves_nothing
            }
            refresh {
                reads_back_every_field
                an_unknown_token_is_not_found_and_pays_for_nothing
                counts_refreshes_of_a_token_that_does_not_rotate
                extends_the_session_if_asked
                replaces_the_credential_if_asked
                tells_when_a_descendant_was_used
                a_token_in_its_grace_time_has_several_successors
                a_session_that_ended_cannot_be_refreshed
                a_token_that_expired_pays_for_nothing
                a_token_used_meanwhile_does_not_rotate
                of_many_rotations_of_one_token_one_wins
                parallel_refreshes_never_outrun_the_cap
                refreshes_of_many_sessions_at_once_count_each_for_itself
                a_reached_cap_writes_nothing
                a_failing_refresh_leaves_nothing
            }
            resets {
                a_subject_has_every_field
                tries_identifiers_in_order_inside_one_company
                a_token_is_found_under_its_purpose_only_used_or_not
                knows_the_accounts_of_every_company
                the_latest_code_is_the_account_s_newest_reset_code
                a_newer_reset_voids_earlier_ones_of_its_account
                an_exhausted_budget_refuses_a_reset
                asking_for_nobody_charges_the_same
                parallel_requests_never_outrun_the_limit
                a_failing_request_leaves_nothing
                counts_wrong_guesses_up_to_the_limit
                a_failing_count_leaves_nothing
                completing_sets_the_password_and_uses_the_secret_up
                a_reset_voids_the_other_password_secrets_of_its_account
                a_reset_ends_the_sessions_of_its_sweep
                used_replaced_expired_and_foreign_secrets_reset_nothing
                an_exhausted_budget_resets_nothing
                of_many_resets_with_one_secret_one_is_done
                a_failing_reset_leaves_nothing
            }
            sealing {
                the_store_answers
                nothing_is_left_to_seal_anew_under_one_key
                everything_reads_back_after_a_change_of_the_master_key
                values_can_be_sealed_anew_by_many_at_once
            }
            service_accounts {
                reads_back_every_field_with_the_level_of_the_owner
                lists_oldest_first_by_owner_and_by_company
                a_service_account_is_made_in_the_state_of_its_owner
                refuses_an_unknown_role_a_taken_handle_and_an_owner_that_is_gone
                a_failing_creation_leaves_nothing
                a_state_of_its_own_switches_its_keys_off
                it_follows_the_state_of_its_owner
                keys_of_an_owner_who_leaves_active_are_switched_off
                keys_of_an_owner_who_leaves_are_switched_off
                keys_of_an_owner_without_a_second_factor_are_switched_off
            }
            session_ends {
                an_end_only_moves_forward
                ended_and_permanent_sessions_stay_as_they_are
            }
            session_challenges {
                a_session_opens_with_its_challenges
                a_session_opens_with_the_codes_that_are_sent
                a_failing_open_leaves_no_challenge
                a_derived_session_has_its_own_challenges
                an_answer_closes_its_challenge_and_no_other
                a_challenge_that_is_not_open_takes_no_proof
                of_many_answers_to_one_challenge_one_closes_it
                verifying_a_factor_closes_the_challenges_to_set_one_up
                a_proof_that_verifies_nothing_sets_nothing_up
                a_failing_answer_closes_nothing
                a_challenge_about_a_request_does_not_shut_the_session
                a_newer_challenge_replaces_unanswered_and_late_ones
                a_failing_challenge_leaves_nothing
                an_answer_admits_its_request_once
                of_many_uses_of_one_answer_one_is_admitted
                a_failing_use_leaves_the_answer
                removing_a_factor_forgets_what_nothing_answers_any_more
            }
            sessions {
                reads_back_every_field
                finds_nothing_under_unknown_keys
                finds_ended_and_expired_sessions_of_any_account
                lists_sessions_that_have_not_ended_newest_first
                lists_what_the_filter_admits
                ends_what_a_filter_admits
                ends_one_session_and_those_of_a_sweep
                a_handle_belongs_to_one_unended_session_of_an_account
                labels_a_live_session_of_the_account
                notes_when_an_account_last_signed_in
                ends_one_session_once
                a_sweep_ends_what_it_reaches_and_counts_it
                a_sweep_reaches_expired_sessions_and_leaves_ended_ones_alone
                parallel_sweeps_end_each_session_once
                a_failing_end_leaves_nothing
            }
            sign_in {
                a_candidate_has_every_field
                a_session_comes_with_the_subject_of_its_account
                tries_identifiers_in_order_inside_one_company
                opens_a_session_with_its_refresh_token
                remembers_the_device
                many_sign_ins_from_one_device_all_open
                a_password_that_changed_opens_nothing
                a_password_that_is_not_there_opens_nothing
                an_account_that_was_shut_opens_nothing
                an_exhausted_budget_opens_nothing
                opening_clears_its_budgets
                replaces_the_hash_and_nothing_else_of_the_password
                a_new_hash_never_overwrites_a_new_password
                a_sign_in_that_races_with_a_shut_down_leaves_no_live_session
                a_failing_open_leaves_nothing
            }
            signed_keys {
                a_found_key_knows_its_holder
                a_key_of_a_service_account_speaks_for_its_owner
                lists_keys_of_the_holder_in_every_order_and_in_pages
                a_holder_that_is_not_active_gets_no_key
                a_change_leaves_what_it_does_not_name
                a_key_wakes_up_only_while_its_holder_is_active
                strangers_change_and_delete_nothing
                of_many_deletions_of_one_key_one_counts
                failing_writes_leave_nothing
            }
            signing_keys {
                reads_back_every_field_oldest_first
                generations_count_per_algorithm_and_slot
                refuses_a_generation_that_its_slot_has
                of_many_keys_of_one_generation_one_is_added
                a_failing_addition_leaves_nothing
            }
        }
    };
}

/// The second half of [`suite!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __tests {
    ($fresh_world:path; $($port:ident { $($case:ident)* })*) => {
        async fn conformance_world() -> $crate::World {
            $fresh_world().await
        }

        $(
            mod $port {
                $(
                    #[::tokio::test(flavor = "multi_thread")]
                    async fn $case() {
                        $crate::cases::$port::$case(super::conformance_world().await).await;
                    }
                )*
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    fn words(text: &str) -> BTreeSet<&str> {
        text.split_whitespace().collect()
    }

    #[test]
    fn every_case_is_in_the_suite() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cases");
        let (list, _) = include_str!("suite.rs").split_once("#[doc(hidden)]").unwrap();
        let listed = words(list);
        for file in fs::read_dir(folder).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            for case in text.lines().filter_map(|line| line.strip_prefix("pub async fn ")) {
                let (name, _) = case.split_once('(').unwrap();
                assert!(listed.contains(name), "{name} is missing");
            }
        }
    }
}
