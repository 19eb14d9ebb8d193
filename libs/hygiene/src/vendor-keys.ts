import { looksRandom } from './key-names.js';

/** Services whose keys have no form of their own: their name shortly before a long random word gives those away. */
const NAMES =
  'adafruit|adobe|airtable|algolia|alibaba|artifactory|bintray|xray|asana|atlassian|confluence|jira|beamer|bitbucket|bittrex|cloudflare|codecov|coinbase|cohere|co_api_key|confluent|contentful|datadog|discord|doppler|droneci|dropbox|etsy|facebook|fastly|finicity|finnhub|flickr|flutterwave|freshbooks|gitlab|gitter|gocardless|grafana|harness|heroku|hubspot|infracost|intercom|intra|jfrog|kraken|kucoin|launchdarkly|linear|linked[_-]?in|lob|looker|mailchimp|mailgun|mapbox|mattermost|maxmind|meraki|message[_-]?bird|netlify|new[_-]?relic|notion|ny-?times|new-?york-?times|octopus|okta|plaid|planetscale|private[_-]?ai|rapidapi|readme|scalingo|sendbird|sendgrid|sentry|shippo|shopify|snyk|sonar|sourcegraph|square|squarespace|sumo|telegr|travis|trello|twilio|twitch|twitter|typeform|yandex|zendesk|vault|fullstory|contribsys__com|flyio|defined';

const VENDOR = new RegExp(`(?:${NAMES})[ \\t\\w.-]{0,20}$`, 'i');
/** Their keys are UUIDs; those of others are ids that must stay. */
const UUID_VENDOR = /(?:heroku|hubspot|kucoin|message[_-]?bird|sendbird|snyk|squarespace|harness)[ \t\w.-]{0,20}$/i;
/** Their ids are numbers. */
const NUMBER_VENDOR = /(?:discord|asana)[ \t\w.-]{0,20}$/i;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A value that a service's name before it makes a key. `before` is what stands on the line up to the separator. */
export const isVendorKey = (before: string, value: string): boolean => {
  if (UUID.test(value)) return UUID_VENDOR.test(before);
  if (/^\d{16,20}$/.test(value)) return NUMBER_VENDOR.test(before);
  if (/^[0-9a-f]{8}:[0-9a-f]{8}$/i.test(value)) return VENDOR.test(before);
  return isKeyLike(value) && VENDOR.test(before);
};

/** A long random word: no version, host name, date, path or name made of words. */
const isKeyLike = (value: string): boolean => {
  if (value.length < 14 || !/^[\w+=%~-]+$|^[\w+=%~/-]{60,}$/.test(value) || !looksRandom(value)) return false;
  if (/^\d{4}-\d\d-\d\d|^v?\d{1,8}[-_]/.test(value)) return false;
  const words = value.split(/[-_]/).filter((part) => /^[a-z]{3,}$|^[A-Z][a-z]{2,}$|^[A-Z]{3,}$/.test(part));
  return words.length === 0 || (words.length === 1 && value.length >= 40);
};
