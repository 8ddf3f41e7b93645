// explain on the words of SDKs, tools and people: what facebook-php-sdk, koala, restfb, passport, omniauth, axios, n8n,
// Postiz, Zapier and log lines make of Meta's errors. None of these stands in the table as it is here.
#include <core/explain.hpp>

#include <gtest/gtest.h>

namespace everlong::core {
namespace {

struct Phrase {
    const char* text;
    const char* cause;
};

// clang-format off
constexpr Phrase kPhrases[] = {
    {R"~(PHP Fatal error:  Uncaught Facebook\Exceptions\FacebookResponseException: Error validating access token: Session has expired on Tuesday, 03-May-26 11:00:00 PDT. The current time is Tuesday, 03-May-26 12:00:00 PDT. in /var/www/vendor/facebook/graph-sdk/src/Facebook/Exceptions/FacebookResponseException.php:106)~", "token-expired"},
    {R"~(Graph returned an error: (#200) Requires instagram_content_publish permission to manage the object)~", "missing-permission"},
    {R"~(Facebook\Exceptions\FacebookAuthenticationException: Error validating access token: The user has not authorized application 1234567890.)~", "app-removed"},
    {R"~(OAuthException: Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.)~", "password-changed"},
    {R"~({ error: { message: 'Invalid OAuth access token data.', type: 'OAuthException', code: 190, fbtrace_id: 'x' } })~", "token-malformed"},
    {R"~(FacebookApiException: {"error":{"message":"An active access token must be used to query information about the current user.","type":"OAuthException","code":2500}})~", "token-missing"},
    {R"~(facebook.GraphAPIError: Unsupported get request. Object with ID 'my_cafe' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api)~", "wrong-account-id"},
    {R"~(facebook.GraphAPIError: (#803) Some of the aliases you requested do not exist: mycafe)~", "wrong-account-id"},
    {R"~(pyfacebook.error.FacebookError: FacebookError(code=190,type=OAuthException,message=Malformed access token EAAx))~", "token-malformed"},
    {R"~(AxiosError: Request failed with status code 400
    at settle (...)
  response: {
    status: 400,
    data: { error: { message: 'Media ID is not available', type: 'OAuthException', code: 9007, error_subcode: 2207027, is_transient: false, error_user_title: 'Media not ready' } })~", "container-not-ready"},
    {R"~(AxiosError: Request failed with status code 503)~", "transient-upstream"},
    {R"~(axios: data: '{"error":{"message":"(#10) Application does not have permission for this action","type":"OAuthException","code":10}}')~", "missing-permission"},
    {R"~(Problem in node 'Facebook Graph API': Bad request - please check your parameters. Error validating access token: Session has expired on Friday, 01-May-26)~", "token-expired"},
    {R"~(ERROR: Authorization failed - please check your credentials
"Error validating access token: The session is invalid because the user logged out.")~", "user-logged-out"},
    {R"~(n8n: The service is receiving too many requests from you: (#4) Application request limit reached)~", "rate-limited-app"},
    {R"~([Nest] 23 ERROR [handleErrors] {"error":{"message":"Only photo or video can be accepted as media type.","type":"OAuthException","code":9004,"error_subcode":2207052}})~", "media-unreachable"},
    {R"~(Postiz: BadBody instagram {"error":{"message":"Fatal","type":"OAuthException","code":-1,"error_subcode":2207001}})~", "transient-upstream"},
    {R"~(Could not get Instagram account: Insufficient Developer Role)~", "developer-role-missing"},
    {R"~(The app returned "Error validating access token: Session does not match current stored session. This may be because the user changed the password since the time the session was created or Facebook has changed the session for security reasons.")~", "password-changed"},
    {R"~(Zapier: We had trouble sending your test through. Error: The user is not an Instagram Business: (#10) The user is not an Instagram Business)~", "account-not-professional"},
    {R"~(Zapier: Image aspect ratio is not supported. The aspect ratio 0.56 must be within 4:5 and 1.91:1)~", "aspect-ratio-rejected"},
    {R"~(2026-11-24 12:00:01,233 ERROR publish failed: code=36003 subcode=2207009)~", "aspect-ratio-rejected"},
    {R"~(ERROR ig_publisher Container 17889 finished with status_code=ERROR status='Error: Media upload has failed with error code 2207076')~", "media-processing-failed"},
    {R"~(ERROR ig_publisher poll: status_code=EXPIRED)~", "container-expired"},
    {R"~((9, 2207042) You have reached the maximum number of posts)~", "publish-quota-reached"},
    {R"~(IGApiException code 100: Unsupported request - method type: get)~", "wrong-token-kind"},
    {R"~(The access token could not be decrypted)~", "token-malformed"},
    {R"~(Malformed access token AQB)~", "token-malformed"},
    {R"~(Error: Invalid appsecret_proof provided in the API argument)~", "app-secret-proof-invalid"},
    {R"~(API calls from the server require an appsecret_proof argument)~", "app-secret-proof-invalid"},
    {R"~(https://app.example/cb?error=access_denied&error_code=200&error_description=Permissions+error&error_reason=user_denied&state=1#_=_)~", "login-denied"},
    {R"~(/oauth/callback?error_reason=user_denied&error=access_denied&error_description=The+user+denied+your+request)~", "login-denied"},
    {R"~(https://app.example/cb?error_code=1349245&error_message=App+not+setup%3A+This+app+is+still+in+development+mode)~", "app-inactive"},
    {R"~(https://app.example/cb?error=invalid_scope&error_description=Invalid+Scopes%3A+instagram_business_publish)~", "scope-invalid"},
    {R"~(https://www.facebook.com/dialog/oauth/error: URL Blocked: This redirect failed because the redirect URI is not whitelisted in the app's Client OAuth Settings)~", "redirect-uri-mismatch"},
    {R"~(<html>
<head><title>504 Gateway Time-out</title></head>
<body>nginx</body></html>)~", "transient-upstream"},
    {R"~(<!DOCTYPE html><html lang="en" id="facebook"><head><title>Facebook | Error</title></head><body>Sorry, something went wrong. We're working on getting this fixed as soon as we can.</body>)~", "transient-upstream"},
    {R"~({"level":"error","msg":"{\"error\":{\"message\":\"(#32) Page request limit reached\",\"type\":\"OAuthException\",\"code\":32}}"})~", "rate-limited-account"},
    {R"~(b'{"error":{"message":"Error validating access token: Sessions for the user are not allowed because the user is not a confirmed user.","type":"OAuthException","code":190,"error_subcode":464}}')~", "checkpoint-required"},
    {R"~(%7B%22error%22%3A%7B%22message%22%3A%22Error+validating+application.+Invalid+application+ID.%22%2C%22code%22%3A101%7D%7D)~", "app-credentials-invalid"},
    {R"~({"error_type": "OAuthException", "code": 400, "error_message": "Matching code was not found or was already used"})~", "code-used"},
    {R"~({"error_type":"OAuthException","code":400,"error_message":"Invalid redirect_uri"})~", "redirect-uri-mismatch"},
    {R"~({"error":{"message":"This authorization code has expired.","type":"OAuthException","code":100,"error_subcode":36007}})~", "code-expired"},
    {R"~({"error":{"message":"Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request","type":"OAuthException","code":100,"error_subcode":36008}})~", "redirect-uri-mismatch"},
    {R"~(my token stopped working after I changed my Instagram password)~", "password-changed"},
    {R"~(We're sorry, but the website has exceeded its limit: User request limit reached)~", "rate-limited-account"},
    {R"~(There have been too many calls to this Instagram account. Wait a bit and try again.)~", "rate-limited-account"},
    {R"~(The action attempted has been deemed abusive or is otherwise disallowed)~", "policy-block"},
    {R"~(You're Temporarily Blocked: We limit how often you can post)~", "policy-block"},
    {R"~(Duplicate status message)~", "duplicate-content"},
    {R"~(The caption was too long. 2300 characters)~", "caption-rejected"},
    {R"~(Media download has timed out. The media could not be fetched from the provided URI.)~", "media-unreachable"},
    {R"~(The page is not linked to an Instagram account)~", "page-not-linked"},
    {R"~(No Instagram business account found for this Facebook page)~", "page-not-linked"},
    {R"~(instagram_business_account is undefined)~", "page-not-linked"},
    {R"~(TypeError: Cannot read properties of undefined (reading 'instagram_business_account'))~", "page-not-linked"},
    {R"~((#100) Param media_type must be one of {IMAGE,VIDEO,CAROUSEL,REELS,STORIES})~", "invalid-parameter"},
    {R"~((#2635) You are calling a deprecated version of the Ads API)~", "api-retired"},
    {R"~(The Instagram Basic Display API is no longer available)~", "api-retired"},
    {R"~(Provided access token is not a Page access token: (#210) A page access token is required to request this resource.)~", "wrong-token-kind"},
    {R"~((#190) This method must be called with a Page Access Token)~", "wrong-token-kind"},
    {R"~(The callback URL or verify token couldn't be validated. Please verify the provided information or try again later.)~", "webhook-check-failed"},
    {R"~((#2200) callback verification failed with the following errors: HTTP Status Code = 403; HTTP Message = Forbidden)~", "webhook-check-failed"},
    {R"~(App Not Active: This app is not accessible right now and the app developer is aware of the issue.)~", "app-inactive"},
    {R"~(Feature Unavailable: Facebook Login is currently unavailable for this app, since we are updating additional details for this app. Please try again later.)~", "app-inactive"},
    {R"~((#3) Application does not have the capability to make this API call.)~", "access-level-too-low"},
    {R"~(To use 'Human Agent', your use of this endpoint must be reviewed and approved by Facebook.)~", "access-level-too-low"},
    {R"~(The user must be an administrator, editor, or moderator of the page in order to impersonate it.)~", "user-role-insufficient"},
    {R"~(The access token is invalid since the user hasn't engaged the app in longer than 90 days.)~", "token-expired"},
    {R"~(Invalid Client Secret)~", "app-credentials-invalid"},
    {R"~(Invalid platform app)~", "app-credentials-invalid"},
    {R"~(An unknown error has occurred. (OAuthException code 1))~", "transient-upstream"},
    {R"~(An unexpected error has occurred. Please retry your request later. code: 2)~", "transient-upstream"},
    {R"~(ReadTimeout: HTTPSConnectionPool(host='graph.instagram.com', port=443): Read timed out. (read timeout=10))~", "transient-upstream"},
    {R"~(The user has not granted the instagram_business_content_publish permission)~", "missing-permission"},
    {R"~(ProcessingFailedError: video processing failed)~", "media-processing-failed"},
    {R"~(The media is not ready for publishing, please wait for a moment)~", "container-not-ready"},
    {R"~(You cannot access the app till you log in to www.facebook.com and follow the instructions given)~", "checkpoint-required"},
    {R"~(The user is enrolled in a blocking, logged-in checkpoint)~", "checkpoint-required"},
    {R"~(koala: Facebook::OAuthException (OAuthException: (#190) Error validating access token: Session does not match current stored session.))~", "password-changed"},
    {R"~(omniauth: (facebook) Authentication failure! invalid_credentials: OAuth2::Error, : {"error":{"message":"Error validating client secret.","type":"OAuthException","code":1}})~", "app-credentials-invalid"},
    {R"~(passport-facebook FacebookTokenError: This authorization code has been used.)~", "code-used"},
    {R"~(passport FacebookAuthorizationError: App Not Setup: This app is still in development mode, and you don't have access to it.)~", "app-inactive"},
    {R"~(passport TokenError: Missing client_id parameter.)~", "app-credentials-invalid"},
    {R"~(restfb FacebookGraphException: Received Facebook error response of type GraphMethodException: Unsupported post request. Object with ID '123' does not exist, cannot be loaded due to missing permissions, or does not support this operation (code 100, subcode 33))~", "wrong-account-id"},
    {R"~(level=error msg="instagram: refresh failed" err="oauth2: cannot fetch token: 400 Bad Request\nResponse: {\"error\":{\"message\":\"Error validating access token: Session has expired on\",\"type\":\"OAuthException\",\"code\":190,\"error_subcode\":463}}")~", "token-expired"},
    {R"~(WordPress Smash Balloon: This Instagram account's access token has expired and needs to be reconnected)~", "token-expired"},
    {R"~(Error: No Instagram access token provided)~", "token-missing"},
    {R"~(401 Unauthorized graph.instagram.com access_token missing)~", "token-missing"},
    {R"~(An access token is required to request this resource.)~", "token-missing"},
    {R"~(code: 368, message: 'Your account is temporarily blocked')~", "policy-block"},
    {R"~(error_subcode 2207051: This action is blocked. We restrict certain activity to protect our community.)~", "policy-block"},
    {R"~(Action is blocked: Certain activity is restricted to protect our community)~", "policy-block"},
    {R"~(Application request limit reached. x-app-usage: {"call_count":100})~", "rate-limited-app"},
    {R"~((#613) Calls to this api have exceeded the rate limit.)~", "rate-limited-account"},
    {R"~((#80002) There have been too many calls to this Instagram account.)~", "rate-limited-account"},
    {R"~(Carousel must have between 2 and 10 children)~", "invalid-parameter"},
    {R"~((#100) The parameter video_url is required)~", "invalid-parameter"},
    {R"~((#100) Invalid parameter)~", "invalid-parameter"},
    {R"~(Tried accessing nonexisting field (media_url2) on node type (IGMedia))~", "invalid-parameter"},
    {R"~(Timeout waiting for container 178 status IN_PROGRESS after 300s)~", "container-not-ready"},
    {R"~(The video's aspect ratio is 3:1 which Instagram doesn't accept)~", "aspect-ratio-rejected"},
    {R"~(The image format is not supported. Supported formats are: JPEG.)~", "media-format-rejected"},
    {R"~(The media could not be fetched from this URI: https://xyz.ngrok.io/a.jpg. URL blocked by robots.txt)~", "media-unreachable"},
    {R"~(Invalid scope: instagram_basic)~", "scope-invalid"},
    {R"~(Invalid Scopes: business_basic. This message is only shown to developers.)~", "scope-invalid"},
    {R"~((#10) Requires instagram_manage_comments permission)~", "missing-permission"},
    {R"~(The user is not an Instagram Business)~", "account-not-professional"},
    {R"~(Personal Instagram accounts are not supported; convert it to a professional account)~", "account-not-professional"},
    {R"~(Your account must be a Business or Creator account)~", "account-not-professional"},
    {R"~(This Page has no connected Instagram account)~", "page-not-linked"},
    {R"~(The linked Instagram account has been disconnected from the Page)~", "page-not-linked"},
    {R"~(Account restricted: please log in to the Instagram app to confirm it's you)~", "checkpoint-required"},
    {R"~(Please verify your account. challenge_required)~", "checkpoint-required"},
    {R"~((#100) The App_id in the input_token did not match the Viewing App)~", "wrong-token-kind"},
    {R"~(Cannot parse access token)~", "token-malformed"},
    {R"~(Invalid OAuth access token signature.)~", "token-malformed"},
    {R"~(Unknown path components: /media)~", "invalid-parameter"},
    {R"~((#4) Application request limit reached, code 4, subcode 2207051)~", "policy-block"},
    {R"~(Graph API v12.0 is no longer supported)~", "api-retired"},
    {R"~(instagram_basic permission was removed by the user)~", "missing-permission"},
    {R"~(error 506: Duplicate status message)~", "duplicate-content"},
    {R"~(Webhook verification failed: hub.verify_token mismatch)~", "webhook-check-failed"},
    {R"~(Invalid user id)~", "wrong-account-id"},
    {R"~(Instagram user ID not found)~", "wrong-account-id"},
};
// clang-format on

TEST(ExplainPhrases, NamesTheCauseWhoeverTellsOfIt) {
    for (const Phrase& phrase : kPhrases)
        EXPECT_EQ(to_text(explain(phrase.text).cause), phrase.cause) << phrase.text;
}

} // namespace
} // namespace everlong::core
