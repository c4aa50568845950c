import com.plivo.api.Plivo;
import com.plivo.api.models.call.Call;
import com.plivo.api.models.lookup.Number;
import com.plivo.api.models.message.Message;

/** What a program of a user looks like: the SDK as it comes, credentials from the environment. */
public class Send {
  public static void main(String[] args) throws Exception {
    Plivo.init();
    String source = System.getenv("SRC");
    var message = Message.creator(source, System.getenv("DST"), "from Java").create();
    var call = Call.creator(source, java.util.List.of(System.getenv("CALLEE")), "http://127.0.0.1:9/answer").create();
    var number = Number.getter(source).get();
    System.out.printf(
        "{\"message\": \"%s\", \"call\": \"%s\", \"lookup\": \"%s\"}%n",
        message.getMessageUuid().get(0), call.getRequestUuid(), number.getPhoneNumber());
    System.exit(0);
  }
}
