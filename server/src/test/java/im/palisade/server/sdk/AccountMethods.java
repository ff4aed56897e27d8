package im.palisade.server.sdk;

import static im.palisade.server.sdk.SdkUse.given;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.doocs.im.model.request.AccountCheckItem;
import io.github.doocs.im.model.request.AccountCheckRequest;
import io.github.doocs.im.model.request.AccountDeleteItem;
import io.github.doocs.im.model.request.AccountDeleteRequest;
import io.github.doocs.im.model.request.AccountImportRequest;
import io.github.doocs.im.model.request.KickRequest;
import io.github.doocs.im.model.request.MultiAccountImportRequest;
import io.github.doocs.im.model.request.PortraitGetRequest;
import io.github.doocs.im.model.request.PortraitSetRequest;
import io.github.doocs.im.model.request.ProfileItem;
import io.github.doocs.im.model.request.QueryOnlineStatusRequest;
import java.util.List;

/** {@code client.account} and {@code client.profile}. */
final class AccountMethods {
  private AccountMethods() {}

  static final List<SdkMethod<?>> ALL =
      List.of(
          SdkMethod.of(
              "Account.accountImport",
              "im_open_login_svc/account_import",
              sdk -> {
                String ida = sdk.mia.replace("mia", "ida");
                return sdk.client()
                    .account
                    .accountImport(new AccountImportRequest(ida, "Ida", "https://example.org/i"));
              }),
          SdkMethod.of(
              "Account.multiAccountImport",
              "im_open_login_svc/multiaccount_import",
              sdk -> {
                List<String> users = List.of(sdk.mia, "@TGS#no");
                return sdk.client()
                    .account
                    .multiAccountImport(new MultiAccountImportRequest(users));
              },
              result -> assertEquals(List.of("@TGS#no"), result.getFailAccounts())),
          SdkMethod.of(
              "Account.accountDelete",
              "im_open_login_svc/account_delete",
              sdk -> {
                List<AccountDeleteItem> users = List.of(new AccountDeleteItem(sdk.mia));
                return sdk.client().account.accountDelete(new AccountDeleteRequest(users));
              },
              result -> assertEquals(0, result.getResultItems().getFirst().getResultCode())),
          SdkMethod.of(
              "Account.accountCheck",
              "im_open_login_svc/account_check",
              sdk -> {
                List<AccountCheckItem> users =
                    List.of(new AccountCheckItem(sdk.mia), new AccountCheckItem("ghost"));
                return sdk.client().account.accountCheck(new AccountCheckRequest(users));
              },
              result -> {
                assertEquals("Imported", result.getResultItems().get(0).getAccountStatus());
                assertEquals("NotImported", result.getResultItems().get(1).getAccountStatus());
              }),
          SdkMethod.of(
              "Account.kick",
              "im_open_login_svc/kick",
              sdk -> sdk.client().account.kick(new KickRequest(sdk.mia))),
          SdkMethod.of(
              "Account.queryOnlineStatus",
              "openim/query_online_status",
              sdk ->
                  sdk.client()
                      .account
                      .queryOnlineStatus(
                          new QueryOnlineStatusRequest(1, List.of(sdk.mia, "ghost"))),
              result -> {
                assertEquals("Offline", result.getQueryResult().getFirst().getStatus());
                assertEquals(70107, result.getErrorList().getFirst().getErrorCode());
              }),
          SdkMethod.of(
              "Profile.portraitSet",
              "profile/portrait_set",
              sdk ->
                  sdk.client()
                      .profile
                      .portraitSet(
                          new PortraitSetRequest(
                              sdk.mia, List.of(new ProfileItem("Tag_Profile_IM_Nick", "Mia")))),
              result -> assertEquals("", result.getErrorDisplay())),
          SdkMethod.of(
              "Profile.portraitGet",
              "profile/portrait_get",
              sdk -> {
                ProfileItem level = new ProfileItem("Tag_Profile_IM_Level", 7);
                given(
                    sdk.client()
                        .profile
                        .portraitSet(new PortraitSetRequest(sdk.mia, List.of(level))));
                return sdk.client()
                    .profile
                    .portraitGet(
                        new PortraitGetRequest(List.of(sdk.mia), List.of("Tag_Profile_IM_Level")));
              },
              result -> {
                ProfileItem item =
                    result.getUserProfileItemList().getFirst().getProfileItemList().getFirst();
                assertEquals(7, item.getValue());
                assertEquals(0, result.getUserProfileItemList().getFirst().getResultCode());
              }));
}
