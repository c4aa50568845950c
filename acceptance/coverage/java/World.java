import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.plivo.api.exceptions.ResourceNotFoundException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Credentials;

/** What surrounds the account: its numbers, the phones and web server of the customer, and the operator. */
final class World {
  static final String NUMBER = required("COVERAGE_NUMBER");
  static final String NUMBER_2 = required("COVERAGE_NUMBER_2");
  static final String NUMBER_3 = required("COVERAGE_NUMBER_3");
  static final String TOLL_FREE = required("COVERAGE_TOLL_FREE");
  static final String PHONE = required("COVERAGE_PHONE");
  static final String PHONE_2 = required("COVERAGE_PHONE_2");
  static final String PHONE_3 = required("COVERAGE_PHONE_3");
  /** Part of every name that has to be new. */
  static final String RUN = required("COVERAGE_RUN");

  private static final String STAGE = required("COVERAGE_STAGE");
  private static final long WAIT_MS = 20_000;
  private static final long POLL_MS = 100;
  private static final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).proxy(HttpClient.Builder.NO_PROXY).build();

  interface Look<T> {
    /** What was waited for, or null. */
    T look() throws Exception;
  }

  private World() {}

  static String required(String name) {
    String value = System.getenv(name);
    if (value == null || value.isEmpty()) throw new IllegalStateException(name + " is not set");
    return value;
  }

  /** A URL of the customer's web server. */
  static String stage(String path) {
    return STAGE + path;
  }

  static String file(String name) {
    return required("COVERAGE_FILES") + "/" + name;
  }

  static String named(String what) {
    return "java " + what + " " + RUN;
  }

  /** Looks until there is something, for twenty seconds. */
  static <T> T eventually(String what, Look<T> look) throws Exception {
    long until = System.nanoTime() + WAIT_MS * 1_000_000;
    while (true) {
      T found = look.look();
      if (found != null) return found;
      if (System.nanoTime() > until) throw new AssertionError(what + " did not come");
      Thread.sleep(POLL_MS);
    }
  }

  /** What there is now, or null where it is not found. */
  static <T> T ifFound(Look<T> look) throws Exception {
    try {
      return look.look();
    } catch (ResourceNotFoundException notFound) {
      return null;
    }
  }

  static void becomes(String wanted, Look<String> look) throws Exception {
    String[] last = {null};
    try {
      eventually(wanted, () -> wanted.equals(last[0] = look.look()) ? wanted : null);
    } catch (AssertionError error) {
      throw new AssertionError("expected " + wanted + " in the end, not " + last[0]);
    }
  }

  /** How many messages a phone has got. */
  static int messages(String phone) throws Exception {
    return operator("GET", "phones/" + phone + "/messages", null).path("messages").size();
  }

  /** The newest message of a phone's inbox, after the first so many, that the pattern finds: its first group. */
  static String inbox(String phone, int after, String pattern) throws Exception {
    Pattern wanted = Pattern.compile(pattern);
    return eventually(
        "a message to " + phone,
        () -> {
          String found = null;
          JsonNode all = operator("GET", "phones/" + phone + "/messages", null).path("messages");
          for (int at = after; at < all.size(); at++) {
            Matcher matcher = wanted.matcher(all.get(at).path("text").asText());
            if (matcher.find()) found = matcher.group(1);
          }
          return found;
        });
  }

  /** A request of the operator API. */
  static JsonNode operator(String method, String path, String body) throws Exception {
    return send("/ringdown/v1/" + path, "Bearer " + required("RINGDOWN_OPERATOR_TOKEN"), method, body);
  }

  /** What an answer says that the SDK does not let see. */
  static JsonNode api(String path) throws Exception {
    String id = required("PLIVO_AUTH_ID");
    return send("/v1/Account/" + id + "/" + path, Credentials.basic(id, required("PLIVO_AUTH_TOKEN")), "GET", null);
  }

  private static JsonNode send(String path, String authorization, String method, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(required("RINGDOWN_PUBLIC_URL") + path))
            .header("authorization", authorization)
            .header("content-type", "application/json")
            .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    Expect.that(answer.statusCode() / 100 == 2, method + " " + path + ": " + answer.statusCode() + " " + answer.body());
    return new ObjectMapper().readTree(answer.body().isEmpty() ? "{}" : answer.body());
  }
}
