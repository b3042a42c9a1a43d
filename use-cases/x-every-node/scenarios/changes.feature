Feature: Whoever follows the changes misses none

  @X-07
  Scenario Outline: The changes of a transcript are told in their order, page by page
    Given a cursor of the changes for the student information system
    And a transcript of the node's own institution
    When its grade is changed to "A" and it is imported again
    And the student information system reads the changes after the cursor by pages of <size>
    Then they tell once that it was created and then once that it changed to its present revision

    Examples:
      | size |
      | 1    |
      | 2    |
      | 200  |

  @X-07
  Scenario: A reader goes on from any cursor that it was given
    Given a cursor of the changes for the student information system
    And a transcript of the node's own institution
    When its grade is changed to "A" and it is imported again
    And the student information system reads one change at a time, each from the cursor that came with the one before
    Then they tell once that it was created and then once that it changed to its present revision

  @X-07
  Scenario: Whoever watches is told as it happens
    Given a cursor of the changes for the student information system
    When the student information system watches the changes after the cursor
    And the student information system imports it
    And its grade is changed to "A" and it is imported again
    And it hears of changes until that of the present revision
    Then they tell once that it was created and then once that it changed to its present revision

  @X-07
  Scenario: A learner follows the changes of the own transcripts
    Given a cursor of the changes for the learner
    And a transcript of the node's own institution
    And a transcript of the learner
    When the learner reads the changes after the cursor
    Then they tell that it was created and tell of no other transcript

  @X-07
  Scenario: A cursor of somebody else
    Given a cursor of the changes for the student information system
    When the registrar reads the changes after that cursor
    Then it is refused with INVALID_ARGUMENT for the reason BAD_PAGE_TOKEN

  @X-07
  Scenario: A cursor that was altered
    Given a cursor of the changes for the student information system
    When the student information system reads the changes after an altered cursor
    Then it is refused with INVALID_ARGUMENT for the reason BAD_PAGE_TOKEN
