Feature: Health is told in the way that every monitor of gRPC asks for it

  @X-01
  Scenario: The server as a whole
    When anybody asks for the health of the server
    Then it is serving

  @X-01
  Scenario: Each service by its name
    When anybody asks for the health of each service that the node offers its campus
    Then each of them is serving

  @X-01
  Scenario: A service that there is not
    When anybody asks for the health of the service "hei.nowhere.v1.NoService"
    Then it is refused with NOT_FOUND for the reason NOT_FOUND
