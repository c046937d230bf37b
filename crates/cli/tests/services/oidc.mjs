// An OpenID Connect server that gives signed access tokens for a client's credentials:
// node oidc.mjs PORT, in a folder with node_modules.
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const port = Number(process.argv[2]);
const require = createRequire(pathToFileURL(`${process.cwd()}/x.js`));
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'k1' };
const resource = {
  scope: 'generate',
  audience: 'urn:silversmith:vault',
  accessTokenTTL: 600,
  accessTokenFormat: 'jwt',
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: [key] },
  clients: [{
    client_id: 'silversmith',
    client_secret: 'client-secret-of-the-test',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'client_secret_post',
  }],
  scopes: ['generate'],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:silversmith:vault',
      useGrantedResource: () => true,
      getResourceServerInfo: () => resource,
    },
  },
});
provider.listen(port, '127.0.0.1', () => console.log('listening'));
