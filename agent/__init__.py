"""The agent: beside a home of Deployments it sees demand, carries out targets, and scales by itself when the plane is away."""

VERSION = "0.1.0"
