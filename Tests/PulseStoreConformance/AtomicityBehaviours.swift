let atomicityBehaviours: [Behaviour] = []
