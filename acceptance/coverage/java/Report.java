import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which routes were called and whether the answers were right: a line of JSON for each on standard output. */
final class Report {
  interface Question<T> {
    T ask() throws Exception;
  }

  interface Step {
    void take() throws Exception;
  }

  private static final String ACCOUNT = "/v1/Account/{auth_id}/";
  private static final int ERROR_CHARACTERS = 500;
  private final ObjectMapper json = new ObjectMapper();
  private boolean allOk = true;

  /** Calls a route and looks at the answer; null when that failed. A route without leading slash is one of the account's. */
  <T> T route(String route, Question<T> question) {
    try {
      T answer = question.ask();
      tell(route, null);
      return answer;
    } catch (Exception | AssertionError error) {
      tell(route, error);
      return null;
    }
  }

  /** The same for a route whose answer nobody needs later. */
  void check(String route, Step step) {
    route(
        route,
        () -> {
          step.take();
          return true;
        });
  }

  boolean allOk() {
    return allOk;
  }

  private void tell(String route, Throwable error) {
    String[] words = route.split(" ");
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("route", words[1].startsWith("/") ? route : words[0] + " " + ACCOUNT + words[1]);
    line.put("ok", error == null);
    if (error != null) {
      allOk = false;
      String said = error.toString();
      line.put("error", said.substring(0, Math.min(said.length(), ERROR_CHARACTERS)));
    }
    try {
      System.out.println(json.writeValueAsString(line));
    } catch (com.fasterxml.jackson.core.JsonProcessingException unexpected) {
      throw new IllegalStateException(unexpected);
    }
  }
}
