//! What messaging promises, on both engines: two nodes in one process with a cable
//! between them that can be cut at each place. Real sockets and processes are
//! elsewhere (tests/federation).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cable;
mod dead;
mod delivery;
mod descriptors;
mod held;
mod kills;
mod notes;
mod only_postgres;
mod partners;
mod refusals;
mod running;
mod two;
mod versions;

hei_testkit::on_each_engine!(
    "messaging",
    notes::migrations,
    [
        delivery::a_message_arrives_once_and_its_receipt_verifies,
        delivery::a_send_is_three_commits,
        delivery::both_sides_keep_evidence_of_it,
        delivery::the_same_envelope_gets_the_same_receipt_byte_for_byte,
        delivery::the_same_envelope_twice_at_once_has_one_effect,
        delivery::messages_of_one_key_arrive_in_order_and_others_need_not_wait,
        delivery::a_failed_business_change_sends_nothing,
        delivery::an_answer_that_nobody_can_use_does_not_undo_the_delivery,
        delivery::after_an_erasure_a_repeat_gets_the_receipt_and_no_answer,
        delivery::what_an_erased_person_was_to_be_sent_is_not_sent,
        refusals::what_may_not_leave_is_refused_when_it_is_queued,
        refusals::a_bad_envelope_has_no_effect_and_leaves_evidence,
        refusals::one_identifier_with_two_contents_is_a_conflict,
        refusals::another_peer_cannot_repeat_a_message,
        refusals::after_the_memory_of_the_inbox_a_repeat_is_a_replay,
        refusals::a_rule_that_refuses_inside_the_transaction_leaves_nothing,
        kills::a_kill_at_any_place_loses_nothing_and_doubles_nothing,
        kills::a_receiver_that_fails_before_its_commit_has_taken_nothing,
        kills::a_receipt_that_does_not_verify_is_no_delivery,
        held::a_peer_that_is_down_gets_its_messages_when_it_is_back,
        held::a_call_from_the_peer_wakes_its_queue,
        held::what_is_queued_for_a_suspended_peer_waits_until_it_is_resumed,
        held::a_node_that_suspended_us_holds_the_whole_queue_and_nothing_ages,
        held::a_kind_that_the_peer_does_not_know_waits_with_what_follows_and_holds_up_no_other,
        held::wrong_clocks_hold_the_queue_until_they_are_right,
        held::a_message_that_the_peer_fails_on_does_not_block_the_others,
        dead::what_is_refused_for_good_is_a_dead_letter_and_can_be_replayed,
        dead::only_a_dead_letter_of_that_revision_is_replayed,
        dead::a_dead_letter_that_a_later_message_has_overtaken_is_not_replayed,
        dead::after_fourteen_days_of_failing_everything_that_waited_is_given_up,
        dead::what_waits_behind_another_is_not_given_up_for_an_outage_that_is_over,
        dead::dead_letters_are_listed_by_state_and_peer,
        partners::a_removed_peer_is_untrusted_and_may_be_added_again,
        partners::a_peer_is_refused_by_its_row_though_the_book_lags_behind,
        partners::the_keys_in_the_book_follow_the_table,
        partners::another_key_takes_no_partners_place,
        partners::a_decision_about_a_partner_needs_the_current_revision_and_a_legal_move,
        partners::every_pinned_descriptor_is_kept,
        descriptors::our_descriptor_changes_only_with_what_it_says,
        descriptors::a_database_that_was_lost_makes_no_older_version,
        versions::what_waited_for_its_kind_is_written_once_and_its_bytes_stay,
        versions::what_was_written_in_a_version_that_the_peer_gave_up_waits,
        running::a_running_sender_is_woken_by_a_commit_and_ends_what_it_began,
        running::a_running_sender_learns_of_newer_descriptors,
    ]
);
