"""An OpenID provider in a process of its own, which insists on PKCE, and can be told to lie.

python provider.py PORT
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
import time
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jws, jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "helseassistent", "hemmelig-ord-for-virksomheten"
KEY = RSAKey.generate_key(2048, {"kid": "en", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "en", "use": "sig"})
codes: dict[str, dict[str, str]] = {}
told: dict[str, Any] = {"lie": "", "claims": {}}
asked: list[dict[str, str]] = []  # what the last token request held


async def tell(request: Request) -> Response:
    told.update(json.loads(await request.body()))
    return JSONResponse(asked[-1:])


def issuer(request: Request) -> str:
    return f"http://{request.headers['host']}"


async def configuration(request: Request) -> Response:
    here = issuer(request)
    return JSONResponse(
        {
            "issuer": "https://annen.example" if told["lie"] == "configuration" else here,
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": "http://annen.example/token" if told["lie"] == "open" else f"{here}/token",
            "jwks_uri": f"{here}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "code_challenge_methods_supported": ["S256"],
        }
    )


async def jwks(request: Request) -> Response:
    return JSONResponse({"keys": [KEY.as_dict(private=False)]})


async def authorize(request: Request) -> Response:
    query = dict(request.query_params)
    if query.get("client_id") != CLIENT or query.get("code_challenge_method") != "S256" or not query.get("nonce"):
        return PlainTextResponse("bad request", status_code=400)
    if told["lie"] == "denied":
        return RedirectResponse(
            f"{query['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': query['state']})}"
        )
    code = secrets.token_urlsafe(8)
    codes[code] = query
    return RedirectResponse(f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}")


async def token(request: Request) -> Response:
    form = {name: str(value) for name, value in (await request.form()).items()}
    asked.append(form)
    basic = request.headers.get("authorization", "").removeprefix("Basic ")
    login = codes.pop(form.get("code", ""), None)
    challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenged = login and login["code_challenge"] == base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
    secret_is_right = base64.b64decode(basic).decode() == f"{CLIENT}:{SECRET}"
    if not challenged or not secret_is_right or not login or login["redirect_uri"] != form.get("redirect_uri"):
        return JSONResponse({"error": "invalid_grant"}, status_code=400)
    if told["lie"] == "crash":
        return PlainTextResponse("<h1>Au</h1>", status_code=500)
    if told["lie"] == "words":
        return PlainTextResponse("<h1>Hei</h1>")
    answer = {"access_token": "adgang", "token_type": "Bearer", "expires_in": 60}
    if told["lie"] != "no_token":
        answer["id_token"] = id_token(issuer(request), login["nonce"])
    return JSONResponse(answer)


def id_token(here: str, nonce: str) -> str:
    now, lie = int(time.time()), told["lie"]
    claims = {"iss": here, "aud": CLIENT, "sub": "s-1", "nonce": nonce, "iat": now, "exp": now + 60} | told["claims"]
    wrong = {
        "issuer": {"iss": "https://annen.example"},
        "audience": {"aud": "annen"},
        "audience_by_party": {"aud": "annen", "azp": CLIENT},
        "party": {"aud": [CLIENT, "annen"], "azp": "annen"},
        "nonce": {"nonce": "annen"},
        "expired": {"iat": now - 9000, "exp": now - 8000},
        "subject": {"sub": ""},
        "hash": {"at_hash": "annen"},
    }
    claims |= wrong.get(lie, {})
    claims = {name: value for name, value in claims.items() if (lie, name) != ("no_nonce", "nonce")}
    if lie == "none":
        parts = [json.dumps({"alg": "none", "kid": "en"}), json.dumps(claims)]
        return ".".join([base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts] + [""])
    if lie == "public_key":  # as if the public key were a shared secret
        secret = OctKey.import_key(KEY.as_pem(private=False))
        registry = jws.JWSRegistry(algorithms=["HS256"])
        return jws.serialize_compact({"alg": "HS256", "kid": "en"}, json.dumps(claims), secret, registry=registry)
    return jwt.encode({"alg": "RS256", "kid": "en"}, claims, OTHER if lie == "signature" else KEY)


app = Starlette(
    routes=[
        Route("/.well-known/openid-configuration", configuration),
        Route("/jwks", jwks),
        Route("/authorize", authorize),
        Route("/token", token, methods=["POST"]),
        Route("/tell", tell, methods=["POST"]),
    ]
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
