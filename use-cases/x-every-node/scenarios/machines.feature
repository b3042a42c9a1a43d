Feature: What can become of a thing is published, and nothing else can

  @X-20
  Scenario: The state machines can be read by machines
    When the registrar asks what the node is
    Then it publishes state machines, each with a beginning and moves between named states

  @X-20
  Scenario: A step that the published machine does not have
    Given a partner whose keys the node has pinned
    When the registrar asks what the node is
    Then in the machine "node.peer" no move goes by "resume" from "active"
    When the trust officer resumes the partner
    Then it is refused with FAILED_PRECONDITION for the reason ILLEGAL_TRANSITION

  @X-20
  Scenario: The steps that it has
    Given a partner whose keys the node has pinned
    When the registrar asks what the node is
    Then in the machine "node.peer" a move goes by "suspend" from "active" to "suspended"
    When the trust officer suspends the partner
    And the partner delivers a transcript
    Then it is refused with PERMISSION_DENIED for the reason PEER_SUSPENDED
    When the trust officer resumes the partner
    And the partner delivers a transcript
    Then its receipt proves that the node has taken it
